// The bot's callback: what it accepts and keeps, and that it refuses a post with a wrong token or body and says why.
import assert from 'node:assert/strict'
import { exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'
import { before, beforeEach, describe, test } from 'mocha'
import type { Exchange, Fetch } from '../contract/exchange'
import { CouldNotRun } from '../contract/failures'
import { Callback } from './callback'
import { Memory } from './memory'
import { openWire } from './wire'

const OPENID = 'https://login.example/.well-known/OpenIdConfiguration'
const KEYS = 'https://login.example/keys'
const AUDIENCE = '2891555a-92ff-42e6-80fa-6e1300c6b5c6'
const now = () => Math.floor(Date.now() / 1000)

type Pair = Awaited<ReturnType<typeof generateKeyPair>>
let pair: Pair
let served: Record<string, () => Response | Promise<Response>>
let callback: Callback
let exchanges: Exchange[]

const serving: Fetch = async (url) => (await served[url]?.()) ?? assert.fail(`no answer for ${url}`)
const json = (value: unknown, status = 200) =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } })

function open(): Callback {
  const keep = (exchange: Exchange) => void exchanges.push(exchange)
  const send = openWire({ fetch: serving, signal: new AbortController().signal, keep, timeLimitMs: 5_000 })
  return new Callback({ openIdUrl: OPENID, send, keys: new Memory(), audiences: [AUDIENCE], keep })
}

before(async () => {
  pair = await generateKeyPair('RS256', { extractable: true })
})

beforeEach(async () => {
  const key = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }
  served = { [OPENID]: () => json({ jwks_uri: KEYS }), [KEYS]: () => json({ keys: [key] }) }
  exchanges = []
  callback = open()
})

/** A token as the service makes it, with some claims replaced or taken out, signed as it says. */
async function token(claims: JWTPayload = {}, header: Partial<JWTHeaderParameters> = {}, key = pair.privateKey): Promise<string> {
  const whole = { aud: AUDIENCE, iss: 'https://api.botframework.com', iat: now(), nbf: now(), exp: now() + 3_900, ...claims }
  return new SignJWT(whole).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'one', ...header }).sign(key)
}

const change = (state: string, more: object = {}) => ({
  '@odata.type': '#microsoft.graph.commsNotification',
  changeType: 'updated',
  resource: '/app/calls/7',
  resourceData: { state },
  ...more,
})
const envelope = (...value: object[]) => ({ '@odata.type': '#microsoft.graph.commsNotifications', value })

type Post = { method?: string; authorization?: string | null; type?: string | null; body?: string }

async function post({
  method = 'POST',
  authorization,
  type = 'application/json',
  body = JSON.stringify(envelope(change('established'))),
}: Post = {}) {
  const bearer = authorization === undefined ? `Bearer ${await token()}` : authorization
  const headers = new Headers()
  if (bearer !== null) headers.set('authorization', bearer)
  const bytes = new TextEncoder().encode(body)
  if (type !== null) headers.set('content-type', type)
  const { status } = await callback.handle(
    new Request('https://bot.example/in', { method, headers, ...(method === 'GET' ? {} : { body: bytes }) }),
  )
  return status
}

const states = () => callback.received.map(({ resourceData }) => (resourceData as { state: string }).state)

describe('a post in order', () => {
  test('is answered 202 and kept, with others in the order of arrival', async () => {
    for (const state of ['establishing', 'established'])
      assert.equal(await post({ body: JSON.stringify(envelope(change(state))) }), 202)
    const several = envelope(change('established'), change('terminated'))
    assert.equal(await post({ body: JSON.stringify(several) }), 202)
    assert.deepEqual(states(), ['establishing', 'established', 'established', 'terminated'])
    assert.deepEqual(callback.refused, [])
  })

  const ACCEPTED: Readonly<Record<string, () => Promise<Post>>> = {
    'from the second issuer': async () => ({ authorization: `Bearer ${await token({ iss: 'https://graph.microsoft.com' })}` }),
    'without the time of issue': async () => ({
      authorization: `Bearer ${await token({ iat: undefined, nbf: undefined } as JWTPayload)}`,
    }),
    'with a content type of the token': async () => ({ authorization: `Bearer ${await token({}, { cty: 'anything' })}` }),
    'with clocks four minutes apart': async () => ({
      authorization: `Bearer ${await token({ nbf: now() + 240, exp: now() + 3_900 })}`,
    }),
    'with a scheme in small letters': async () => ({ authorization: `bearer ${await token()}` }),
    'with a type in capitals': async () => ({ type: 'Application/JSON' }),
    'with unknown members': async () => ({ body: JSON.stringify({ ...envelope(change('x', { further: 1 })), further: [] }) }),
  }
  for (const [name, made] of Object.entries(ACCEPTED)) {
    test(name, async () => {
      assert.equal(await post(await made()), 202, callback.refused[0]?.reason)
      assert.equal(callback.received.length, 1)
    })
  }

  test('with resourceUrl in place of resource is kept as it came', async () => {
    const { resource: _, ...others } = change('established')
    assert.equal(await post({ body: JSON.stringify(envelope({ ...others, resourceUrl: '/communications/calls/7' })) }), 202)
    assert.deepEqual(callback.received[0], { ...others, resourceUrl: '/communications/calls/7' })
  })
})

describe('a post with a wrong token is refused with 401 and the reason', () => {
  // The deviations of CC-50 have every other wrong token.
  const WRONG: Readonly<Record<string, readonly [reason: RegExp, made: () => Promise<string | null>]>> = {
    'no token': [/without a bearer token/, async () => null],
    'an empty one': [/without a bearer token/, async () => 'Bearer '],
    'another scheme': [/without a bearer token/, async () => `Basic ${await token()}`],
  }
  for (const [name, [reason, made]] of Object.entries(WRONG)) {
    test(name, async () => {
      assert.equal(await post({ authorization: await made() }), 401)
      assert.deepEqual(callback.received, [])
      assert.match(callback.refused[0]?.reason ?? '', /^CC-50: /)
      assert.match(callback.refused[0]?.reason ?? '', reason)
    })
  }
})

describe('a post of another form', () => {
  // The deviations of CC-40 and CC-41 have the other bodies and shapes.
  const FORMS: Readonly<Record<string, readonly [status: number, reason: RegExp, post: Post]>> = {
    'an empty body': [400, /^CC-40: /, { body: '' }],
    'an envelope without a change': [400, /^CC-41: .*value/, { body: JSON.stringify(envelope()) }],
    'another content type': [415, /text\/plain; documented: application\/json/, { type: 'text/plain' }],
    'a content type that only begins so': [415, /application\/jsonx/, { type: 'application/jsonx' }],
    'no content type': [415, /documented: application\/json/, { type: null }],
    'another method': [405, /as GET; documented: POST/, { method: 'GET' }],
  }
  for (const [name, [status, reason, sent]] of Object.entries(FORMS)) {
    test(`${name}: ${status}`, async () => {
      assert.equal(await post(sent), status)
      assert.deepEqual([callback.received, callback.refused.length], [[], 1])
      assert.match(callback.refused[0]?.reason ?? '', reason)
    })
  }

  test('of several changes with one in another shape nothing is kept', async () => {
    assert.equal(await post({ body: JSON.stringify(envelope(change('established'), { no: 'change' })) }), 400)
    assert.deepEqual(callback.received, [])
  })
})

test('each post is evidence, with what it was answered', async () => {
  await post()
  await post({ authorization: null })
  const posts = exchanges.filter(({ purpose }) => purpose === 'notification')
  assert.deepEqual(
    posts.map(({ from, response }) => [from, 'status' in response && response.status]),
    [
      ['graph', 202],
      ['graph', 401],
    ],
  )
  assert.equal(posts[0]?.request.body, JSON.stringify(envelope(change('established'))))
})

test('after recording has stopped posts are answered as before, and nothing is kept', async () => {
  await post()
  const before = exchanges.length
  callback.stopRecording()
  assert.deepEqual([await post(), await post({ authorization: null }), await post({ body: '' })], [202, 401, 400])
  assert.deepEqual([callback.received.length, callback.refused, exchanges.length], [1, [], before])
})

describe('what is needed to check tokens is fetched before it is needed', () => {
  const UNUSABLE: Readonly<Record<string, () => void>> = {
    'a configuration that names no keys': () => Object.assign(served, { [OPENID]: () => json({}) }),
    'a configuration that is not there': () => Object.assign(served, { [OPENID]: () => json({ error: 'x' }, 404) }),
    'a configuration that is a page': () => Object.assign(served, { [OPENID]: () => new Response('<html>', { status: 503 }) }),
    'keys that are not there': () => Object.assign(served, { [KEYS]: () => json({}, 503) }),
    'keys of another form': () => Object.assign(served, { [KEYS]: () => json({ no: 'keys' }) }),
    'no connection to the keys': () => Object.assign(served, { [KEYS]: () => Promise.reject(new TypeError('fetch failed')) }),
  }
  for (const [name, spoil] of Object.entries(UNUSABLE)) {
    test(`${name}: could not run`, async () => {
      spoil()
      await assert.rejects(
        callback.ready(),
        (error) => error instanceof CouldNotRun && /https:\/\/login\.example/.test(error.message),
      )
    })
  }

  test('once', async () => {
    let fetched = 0
    served[OPENID] = () => json({ jwks_uri: KEYS, fetched: ++fetched })
    await Promise.all([callback.ready(), callback.ready(), post()])
    assert.equal(fetched, 1)
  })
})
