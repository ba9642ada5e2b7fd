// The keys that notification tokens are checked with: fetched before a call is made, and again when a token names one that is not among them.
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyOptions, jwtVerify } from 'jose'
import { JWKSNoMatchingKey } from 'jose/errors'
import { z } from 'zod'
import { CouldNotRun } from '../contract/faults'
import { jsonOrNull, type Send } from './wire'

/** An unknown key id fetches the keys again, at most once in this time (milliseconds): whoever posts nonsense makes no traffic. */
const COOLDOWN_MS = 2_000

const UNCHECKED = 'notification tokens cannot be checked'

const openIdConfiguration = z.looseObject({ jwks_uri: z.url() })

export interface NotificationKeys {
  /** Fetches them, once. Rejects with CouldNotRun where they cannot be had. */
  ready(): Promise<void>
  /** Rejects with an error of jose for a token that is not in order, with CouldNotRun where the keys cannot be had. */
  verify(token: string, options: JWTVerifyOptions): Promise<void>
}

type KeySet = ReturnType<typeof createLocalJWKSet>

/** @param now milliseconds since any moment */
export function notificationKeys(openIdUrl: string, send: Send, now: () => number = Date.now): NotificationKeys {
  let place: Promise<string> | null = null
  let held: Promise<KeySet> | null = null
  let refreshed: { readonly at: number; readonly keys: Promise<KeySet> } | null = null

  const fetchKeys = async (): Promise<KeySet> => {
    place ??= placeOfKeys(openIdUrl, send)
    const url = await place
    try {
      return createLocalJWKSet((await read(url, send)) as JSONWebKeySet)
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
        await jwtVerify(token, await ready(), options)
      } catch (error) {
        if (!(error instanceof JWKSNoMatchingKey)) throw error
        await jwtVerify(token, await fetchAgain(), options)
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
