// The keys that notification tokens are checked with: fetched before a call is made, and again when a token names one that is not among them.
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose'
import { JWKSNoMatchingKey } from 'jose/errors'
import { z } from 'zod'
import { CouldNotRun } from '../contract/faults'
import { Recent } from '../contract/recent'
import { jsonOrNull, type Send } from './wire'

/** An unknown key id fetches the keys again, at most once in this time (milliseconds): whoever posts nonsense makes no traffic. */
const COOLDOWN_MS = 2_000

const UNCHECKED = 'notification tokens cannot be checked'

const openIdConfiguration = z.looseObject({ jwks_uri: z.url() })

export interface NotificationKeys {
  /** Fetches them, once. Rejects with CouldNotRun where they cannot be had. */
  ready(): Promise<void>
  /** Rejects with an error of jose for a token that is not in order, with CouldNotRun where the keys cannot be had. */
  verify(token: string, options: TokenRules): Promise<void>
}

/** What a token must be; its times are compared with the clock of this process. */
export type TokenRules = Omit<JWTVerifyOptions, 'currentDate' | 'maxTokenAge'>

interface KeySet {
  readonly find: ReturnType<typeof createLocalJWKSet>
  /** Claims of accepted tokens, by the token and the rules that it was checked with. */
  readonly accepted: Recent<string, JWTPayload>
}

/** Key sets by the text of their keys: bots that fetch equal keys import each once, and check each token once. */
const keySets = new Recent<string, KeySet>(16)

/** Accepted tokens that are kept for each key set. */
const KEPT = 200

function keySetOf(keys: JSONWebKeySet): KeySet {
  const text = JSON.stringify(keys)
  const known = keySets.get(text)
  if (known !== undefined) return known
  const made = { find: createLocalJWKSet(keys), accepted: new Recent<string, JWTPayload>(KEPT) }
  keySets.set(text, made)
  return made
}

/** Checks a token. The signature of one that was accepted is not checked again by the same keys and rules, as long as it is in force. */
async function check(token: string, { find, accepted }: KeySet, rules: TokenRules): Promise<void> {
  const place = `${JSON.stringify(rules)} ${token}`
  const known = accepted.get(place)
  if (known !== undefined && isInForce(known, Date.now() / 1000)) return
  const { payload } = await jwtVerify(token, find, rules)
  accepted.set(place, payload)
}

/** Stricter than the rules, which tolerate differing clocks: at the edges the whole check decides. */
function isInForce({ nbf = 0, exp = 0 }: JWTPayload, now: number): boolean {
  return nbf <= now && now < exp
}

/** @param now milliseconds since any moment */
export function notificationKeys(openIdUrl: string, send: Send, now: () => number = Date.now): NotificationKeys {
  let place: Promise<string> | null = null
  let held: Promise<KeySet> | null = null
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

  /** Who asks while one is under way, or shortly after, gets the same. */
  const fetchAgain = async (): Promise<KeySet> => {
    if (refreshed === null || now() - refreshed.at >= COOLDOWN_MS) refreshed = { at: now(), keys: fetchKeys() }
    const fetched = refreshed.keys
    const keys = await fetched
    held = fetched
    return keys
  }

  const ready = () => {
    held ??= fetchKeys()
    return held
  }

  return {
    ready: async () => void (await ready()),
    verify: async (token, options) => {
      try {
        await check(token, await ready(), options)
      } catch (error) {
        if (!(error instanceof JWKSNoMatchingKey)) throw error
        await check(token, await fetchAgain(), options)
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
