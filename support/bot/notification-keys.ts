// Fetches the keys of notification tokens before a call is made, and again when a token names an unknown key; checks tokens with them.
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose'
import { JWKSNoMatchingKey } from 'jose/errors'
import { z } from 'zod'
import { BoundedCache } from '../contract/bounded-cache'
import { CouldNotRun } from '../contract/failures'
import { Memory } from './memory'
import { jsonOrNull, type Send } from './wire'

/** The keys are fetched again at most once in this time, in milliseconds, so that invalid posts make no traffic. */
const COOLDOWN_MS = 2_000

const UNCHECKED = 'notification tokens cannot be checked'

const openIdConfiguration = z.looseObject({ jwks_uri: z.url() })

export interface NotificationKeys {
  /** Fetches the keys, unless the bot remembers them. Rejects with CouldNotRun if that fails. */
  ready(): Promise<void>
  /** Returns the claims of a token. Rejects with an error of jose for an invalid one, and with CouldNotRun if the keys cannot be fetched. */
  verify(token: string, options: TokenRules): Promise<JWTPayload>
}

/** The rules of a token. Its times are compared with the clock of this process. */
type TokenRules = Omit<JWTVerifyOptions, 'currentDate' | 'maxTokenAge'>

/** Keys that can check tokens. */
export interface KeySet {
  readonly find: ReturnType<typeof createLocalJWKSet>
  /** Claims of accepted tokens, by token and rules. */
  readonly accepted: BoundedCache<string, JWTPayload>
}

/** Key sets by the text of their keys: bots that fetch equal keys import each once, and check each token once. */
const keySets = new BoundedCache<string, KeySet>(16)

/** Accepted tokens that are kept for each key set. */
const KEPT = 200

function keySetOf(keys: JSONWebKeySet): KeySet {
  const text = JSON.stringify(keys)
  const known = keySets.get(text)
  if (known !== undefined) return known
  const made = { find: createLocalJWKSet(keys), accepted: new BoundedCache<string, JWTPayload>(KEPT) }
  keySets.set(text, made)
  return made
}

/** Checks a token. While an accepted token is in force, its signature is not checked again with the same keys and rules. */
async function check(token: string, { find, accepted }: KeySet, rules: TokenRules): Promise<JWTPayload> {
  const place = `${JSON.stringify(rules)} ${token}`
  const known = accepted.get(place)
  if (known !== undefined && isInForce(known, Date.now() / 1000)) return known
  const { payload } = await jwtVerify(token, find, rules)
  accepted.set(place, payload)
  return payload
}

/** Is stricter than the rules, which tolerate differing clocks: at the edges the whole check decides. */
function isInForce({ nbf = 0, exp = 0 }: JWTPayload, now: number): boolean {
  return nbf <= now && now < exp
}

/**
 * @param memory keys that were fetched before, by the address of their configuration
 * @param now milliseconds since any moment
 */
export function notificationKeys(
  openIdUrl: string,
  send: Send,
  memory: Memory<KeySet> = new Memory(),
  now: () => number = Date.now,
): NotificationKeys {
  let place: Promise<string> | null = null
  let refreshed: { readonly at: number; readonly keys: Promise<KeySet> } | null = null

  const fetchKeys = async (): Promise<KeySet> => {
    place ??= placeOfKeys(openIdUrl, send)
    const url = await place
    try {
      return keySetOf((await read(url, send)) as JSONWebKeySet)
    } catch (error) {
      if (error instanceof CouldNotRun) throw error
      throw new CouldNotRun(`${url} gave no keys (${(error as Error).message}): ${UNCHECKED}`)
    }
  }

  /** Returns the same keys to all requests within the cooldown. */
  const fetchAgain = async (): Promise<KeySet> => {
    if (refreshed === null || now() - refreshed.at >= COOLDOWN_MS) refreshed = { at: now(), keys: fetchKeys() }
    const fetched = refreshed.keys
    await fetched
    return memory.keep(openIdUrl, fetched)
  }

  const ready = () => memory.recall(openIdUrl, fetchKeys)

  return {
    ready: async () => void (await ready()),
    verify: async (token, options) => {
      try {
        return await check(token, await ready(), options)
      } catch (error) {
        if (!(error instanceof JWKSNoMatchingKey)) throw error
        return check(token, await fetchAgain(), options)
      }
    },
  }
}

async function placeOfKeys(openIdUrl: string, send: Send): Promise<string> {
  const { success, data } = openIdConfiguration.safeParse(await read(openIdUrl, send))
  if (!success) throw new CouldNotRun(`${openIdUrl} names no jwks_uri: ${UNCHECKED}`)
  return data.jwks_uri
}

async function read(url: string, send: Send): Promise<unknown> {
  const reply = await send('keys', { method: 'GET', url, headers: { accept: 'application/json' }, body: null })
  if (reply.status !== 200) throw new CouldNotRun(`${url} was answered ${reply.status}: ${UNCHECKED}`)
  return jsonOrNull(reply.text)
}
