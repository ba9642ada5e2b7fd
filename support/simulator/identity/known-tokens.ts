// Tokens that were signed or accepted before: equal claims are signed once, and the signature of an accepted token is checked once.
import { createLocalJWKSet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { Recent } from '../../contract/recent'
import type { SigningKey } from './keys'
import { GRAPH_AUDIENCE, publicJwk, seconds, signed } from './tokens'

/** Tokens that are kept for each key: about as many as are in use at once. */
const KEPT = 200

interface OfKey {
  /** Tokens by the text of their claims. */
  readonly signed: Recent<string, Promise<string>>
  /** Claims of accepted tokens, by the token. */
  readonly accepted: Recent<string, JWTPayload>
  /** Imports the key once. */
  readonly keySet: JWTVerifyGetKey
}

/** Simulators that share one also share its tokens; what is kept for a key lives as long as the key object. */
export class KnownTokens {
  readonly #ofKeys = new WeakMap<SigningKey, OfKey>()

  /** A token with these claims, signed with RS256, which gives equal claims an equal token. */
  readonly sign = (claims: JWTPayload, key: SigningKey): Promise<string> => {
    const { signed: made } = this.#of(key)
    const text = JSON.stringify(claims)
    const known = made.get(text)
    if (known !== undefined) return known
    const token = signed(claims, key)
    made.set(text, token)
    token.catch(() => made.delete(text))
    return token
  }

  /**
   * The claims of a token for Graph. Its times are compared with `nowMs` at each use.
   * @throws JOSEError when the token is not accepted
   */
  async claimsOf(token: string, key: SigningKey, nowMs: number): Promise<JWTPayload> {
    const { accepted, keySet } = this.#of(key)
    const known = accepted.get(token)
    if (known !== undefined && isInForce(known, seconds(nowMs))) return known
    const { payload } = await jwtVerify(token, keySet, {
      algorithms: ['RS256'],
      audience: [GRAPH_AUDIENCE, `${GRAPH_AUDIENCE}/`],
      currentDate: new Date(nowMs),
      requiredClaims: ['appid', 'tid', 'exp'],
    })
    accepted.set(token, payload)
    return payload
  }

  #of(key: SigningKey): OfKey {
    const known = this.#ofKeys.get(key)
    if (known !== undefined) return known
    const made = {
      signed: new Recent<string, Promise<string>>(KEPT),
      accepted: new Recent<string, JWTPayload>(KEPT),
      keySet: createLocalJWKSet({ keys: [publicJwk(key)] }),
    }
    this.#ofKeys.set(key, made)
    return made
  }
}

function isInForce({ nbf = 0, exp = 0 }: JWTPayload, now: number): boolean {
  return nbf <= now && now < exp
}
