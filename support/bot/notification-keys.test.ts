// Keys of notification tokens that change during a run are fetched again for an unknown id, once for all requests, and not too often.
import assert from 'node:assert/strict'
import { mock } from 'node:test'
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import { JWKSNoMatchingKey } from 'jose/errors'
import { afterEach, before, beforeEach, describe, test } from 'mocha'
import type { Exchange } from '../contract/exchange'
import { CouldNotRun } from '../contract/failures'
import { Memory } from './memory'
import { type NotificationKeys, notificationKeys } from './notification-keys'
import { openWire } from './wire'

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
/** The keys as another bot fetches them. */
let another: () => NotificationKeys

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
  another = () => notificationKeys(OPENID, send, new Memory(), () => time)
  keys = another()
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

  test('once for all requests', async () => {
    await keys.ready()
    await publish('old', 'new')
    await Promise.all([verify('new'), verify('old'), verify('new')])
    assert.deepEqual(fetched, [OPENID, KEYS, KEYS])
  })

  test('at most once in two seconds, with any number of invalid tokens', async () => {
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

  test('that cannot be fetched leave a token unchecked; the known ones stay', async () => {
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

describe('the signature of a token is checked once', () => {
  const RULES = { audience: 'bot', requiredClaims: ['exp'] }
  const start = 1_700_000_000
  const token = (claims: JWTPayload = {}) =>
    new SignJWT({ aud: 'bot', nbf: start, exp: start + 60, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'old' })
      .sign(pairs.old.privateKey)
  beforeEach(() => mock.timers.enable({ apis: ['Date'], now: start * 1000 }))
  afterEach(() => mock.timers.reset())

  test('its times are checked at each use', async () => {
    const one = await token()
    await keys.verify(one, RULES)
    await keys.verify(one, RULES)
    mock.timers.setTime((start - 1) * 1000)
    await assert.rejects(keys.verify(one, RULES), { claim: 'nbf' })
    mock.timers.setTime((start + 60) * 1000)
    await assert.rejects(keys.verify(one, RULES), { claim: 'exp' })
    await keys.verify(one, { ...RULES, clockTolerance: 5 })
    await keys.verify(one, { ...RULES, clockTolerance: 5 })
    mock.timers.setTime((start + 65) * 1000)
    await assert.rejects(keys.verify(one, { ...RULES, clockTolerance: 5 }), { claim: 'exp' })
  })

  test('other rules and an altered token are checked wholly', async () => {
    const one = await token()
    await keys.verify(one, RULES)
    await assert.rejects(keys.verify(one, { ...RULES, audience: 'another' }), { claim: 'aud' })
    const [header, , signature] = one.split('.')
    const payload = (await token({ sub: 'altered' })).split('.')[1]
    const wrong = { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' }
    await assert.rejects(keys.verify([header, payload, signature].join('.'), RULES), wrong)
  })

  test('a token that was accepted is refused by a bot that is given other keys', async () => {
    const one = await token()
    await keys.verify(one, RULES)
    pairs = { old: pairs.new, new: pairs.old }
    try {
      await publish('old')
    } finally {
      pairs = { old: pairs.new, new: pairs.old }
    }
    await assert.rejects(another().verify(one, RULES), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' })
    await publish('new')
    await assert.rejects(another().verify(one, RULES), JWKSNoMatchingKey)
    await publish('old')
    await another().verify(one, RULES)
  })
})
