// Clocks that differ: from when on nothing can be judged, what is said of it, and that a call is hung up all the same.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import type { Fetch } from '../contract/exchange'
import { CouldNotRun } from '../contract/faults'
import { Bot, NO_LOG } from './bot'
import { onTime } from './clock-skew'
import { tokenClient } from './token-client'
import type { Reply } from './wire'

const NOW = Date.parse('2019-11-05T12:00:00Z')
const dated = (seconds: number): Reply => {
  const headers = new Headers({ date: new Date(NOW + seconds * 1000).toUTCString() })
  return { status: 201, headers, text: '', json: () => null }
}

describe('an answer', () => {
  test('whose Date is within five minutes is in order, and so is one without a Date or with none that can be read', () => {
    for (const seconds of [0, 300, -300]) assert.equal(onTime("Graph's", dated(seconds), NOW).status, 201)
    for (const headers of [new Headers(), new Headers({ date: 'soon' })])
      assert.equal(onTime("Graph's", { ...dated(0), headers }, NOW).status, 201)
  })

  test('whose Date is further away could not be judged: by how much, in which direction, and what to do', () => {
    for (const [seconds, says] of [
      [301, /^this machine's clock is 5 min behind Graph's: set it/],
      [-301, /^this machine's clock is 5 min ahead of Graph's: set it/],
      [3_600, /clock is 60 min behind Graph's/],
    ] as const)
      assert.throws(
        () => onTime("Graph's", dated(seconds), NOW),
        (error: Error) => error instanceof CouldNotRun && says.test(error.message),
      )
  })
})

const CREATE = { body: '{}', contentType: 'application/json' }

/** A Graph and a token service that tell these times; what the bot asked of Graph. */
function service(of: { readonly token: number; readonly graph: number }, time: 'this machine’s' | 'its own' = 'this machine’s') {
  const asked: string[] = []
  const fetch: Fetch = async (url, { method }) => {
    const { origin, pathname } = new URL(url)
    const date = new Date(NOW + (origin === 'https://login.example' ? of.token : of.graph) * 1000).toUTCString()
    if (pathname === '/openid')
      return Response.json({ jwks_uri: 'https://login.example/keys' }, { headers: { date: 'long ago' } })
    if (pathname === '/keys') return Response.json({ keys: [] })
    if (pathname.endsWith('/token')) return Response.json({ access_token: 'a', expires_in: 3_599 }, { headers: { date } })
    asked.push(`${method} ${pathname}`)
    if (method === 'DELETE') return new Response(null, { status: 204, headers: { date } })
    return Response.json({ id: '7' }, { status: 201, headers: { date } })
  }
  const bot = new Bot({
    graph: { baseUrl: 'https://graph.example', callsPath: '/beta/app/calls' },
    openIdUrl: 'https://login.example/openid',
    fetch,
    audiences: ['client'],
    tokens: (send) =>
      tokenClient(
        send,
        { authorityUrl: 'https://login.example', scope: 'x/.default' },
        { clientId: 'c', tenantId: 't', secret: 's' },
      ),
    calls: NO_LOG,
    wait: null,
    ...(time === 'its own' ? {} : { now: () => NOW }),
    signal: new AbortController().signal,
  })
  return { bot, asked }
}

describe('the bot', () => {
  test('makes no call when the token service tells another time', async () => {
    const { bot, asked } = service({ token: 3_600, graph: 3_600 })
    await assert.rejects(bot.create(CREATE, 'https://bot.example/calls'), /clock is 60 min behind the token service's: set it/)
    await bot.hangUp()
    assert.deepEqual(asked, [])
  })

  test('judges nothing when Graph does, and hangs up what was made', async () => {
    const { bot, asked } = service({ token: 0, graph: -3_600 })
    await assert.rejects(bot.create(CREATE, 'https://bot.example/calls'), /clock is 60 min ahead of Graph's: set it/)
    assert.deepEqual(await bot.hangUp(), { made: 1, ended: 1, left: [], uncertain: [] })
    assert.deepEqual(asked, ['POST /beta/app/calls', 'DELETE /beta/app/calls/7'])
  })

  test('compares nothing where the target keeps a time of its own', async () => {
    const { bot } = service({ token: 3_600, graph: -3_600 }, 'its own')
    assert.equal((await bot.create(CREATE, 'https://bot.example/calls')).status, 201)
  })
})
