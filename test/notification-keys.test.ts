// Keys of notification tokens that change while a run goes on: an unknown id fetches them again, once for all who ask, and not too often.
import assert from 'node:assert/strict'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { JWKSNoMatchingKey } from 'jose/errors'
import { before, beforeEach, describe, test } from 'mocha'
import { type NotificationKeys, notificationKeys } from '../support/bot/notification-keys'
import { openWire } from '../support/bot/wire'
import type { Exchange } from '../support/contract/exchange'
import { CouldNotRun } from '../support/contract/faults'

const OPENID = 'https://login.example/.well-known/OpenIdConfiguration'
const KEYS = 'https://login.example/keys'

type Pair = Awaited<ReturnType<typeof generateKeyPair>>
let pairs: Record<'old' | 'new', Pair>
let published: readonly JWK[]
let answersKeys: () => Response
let fetched: string[]
let exchanges: Exchange[]
let time: number
let keys: NotificationKeys

const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status })

async function publish(...names: ('old' | 'new')[]): Promise<void> {
  published = await Promise.all(names.map(async (kid) => ({ ...(await exportJWK(pairs[kid].publicKey)), kid, alg: 'RS256' })))
}

/** A token that names its key. */
async function signed(kid: 'old' | 'new', by: 'old' | 'new' = kid): Promise<string> {
  return new SignJWT({ aud: 'bot' }).setProtectedHeader({ alg: 'RS256', kid }).sign(pairs[by].privateKey)
}
const verify = async (kid: 'old' | 'new') => keys.verify(await signed(kid), { audience: 'bot' })

before(async () => {
  pairs = { old: await generateKeyPair('RS256'), new: await generateKeyPair('RS256') }
})

beforeEach(async () => {
  await publish('old')
  fetched = []
  exchanges = []
  time = 1_000
  answersKeys = () => json({ keys: published })
  const send = openWire({
    fetch: async (url) => {
      fetched.push(url)
      return url === OPENID ? json({ jwks_uri: KEYS }) : answersKeys()
    },
    signal: new AbortController().signal,
    keep: (exchange) => void exchanges.push(exchange),
    timeLimitMs: 5_000,
  })
  keys = notificationKeys(OPENID, send, () => time)
})

describe('keys that change', () => {
  test('are fetched again for an id that is not known, right after they were first fetched as well', async () => {
    await keys.ready()
    await publish('new')
    await verify('new')
    assert.deepEqual(fetched, [OPENID, KEYS, KEYS])
    await verify('new')
    assert.deepEqual(fetched.length, 3)
    await assert.rejects(verify('old'), JWKSNoMatchingKey)
  })

  test('once for all who ask meanwhile', async () => {
    await keys.ready()
    await publish('old', 'new')
    await Promise.all([verify('new'), verify('old'), verify('new')])
    assert.deepEqual(fetched, [OPENID, KEYS, KEYS])
  })

  test('at most once in two seconds, however much nonsense comes', async () => {
    await keys.ready()
    await assert.rejects(verify('new'), JWKSNoMatchingKey)
    time += 1_999
    await publish('new')
    await assert.rejects(verify('new'), JWKSNoMatchingKey)
    assert.equal(fetched.length, 3)
    time += 1
    await verify('new')
    assert.equal(fetched.length, 4)
  })

  test('a wrong signature under a known id fetches nothing', async () => {
    await keys.ready()
    await assert.rejects(keys.verify(await signed('old', 'new'), {}), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' })
    assert.equal(fetched.length, 2)
  })

  test('that cannot be had meanwhile leave a token unchecked; those that were known stay', async () => {
    await keys.ready()
    answersKeys = () => json({}, 503)
    await assert.rejects(verify('new'), (error) => error instanceof CouldNotRun && /keys was answered 503/.test(error.message))
    await verify('old')
  })

  test('each fetch is evidence', async () => {
    await keys.ready()
    await publish('new')
    await verify('new')
    assert.deepEqual(
      exchanges.map(({ purpose, request }) => [purpose, request.url]),
      fetched.map((url) => ['keys', url]),
    )
  })
})

test('a page in the place of the configuration could not run', async () => {
  const send = openWire({
    fetch: async () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
    signal: new AbortController().signal,
    keep: () => {},
    timeLimitMs: 5_000,
  })
  await assert.rejects(notificationKeys(OPENID, send).ready(), CouldNotRun)
})
