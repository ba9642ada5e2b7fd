// The bot hangs up every call that it made: by the id it was told, or learned later, and says which may still be there.
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'mocha'
import { CouldNotRun, HarnessError, Interrupted } from '../contract/faults'
import { Bot, NO_LOG } from './bot'
import { tokenClient } from './token-client'
import type { Send } from './wire'

const GRAPH = 'https://graph.example'
const LOGIN = 'https://login.example'
const json = (status: number, value: unknown, headers = {}) => new Response(JSON.stringify(value), { status, headers })

const tokens = (send: Send) =>
  tokenClient(
    send,
    { authorityUrl: LOGIN, scope: `${GRAPH}/.default` },
    { clientId: 'client', tenantId: 'tenant', secret: 'secret' },
  )

let creates: (() => Response)[]
let deletes: Record<string, () => Response | Promise<Response>>
let deleted: string[]
let controller: AbortController
let bot: Bot

/** A service that answers creates in turn, and deletes by id. */
async function service(url: string, init: RequestInit): Promise<Response> {
  const { origin, pathname } = new URL(url)
  if (origin === LOGIN) {
    if (pathname.endsWith('/token')) return json(200, { access_token: 'a token', expires_in: 3_599 })
    return pathname === '/keys' ? json(200, { keys: [] }) : json(200, { jwks_uri: `${LOGIN}/keys` })
  }
  if (init.method === 'POST') return creates.shift()?.() ?? assert.fail('one create too many')
  const id = decodeURIComponent(pathname.split('/').at(-1) ?? '')
  deleted.push(id)
  return (await deletes[id]?.()) ?? new Response(null, { status: 204 })
}

const made = (id: string | null, location: string | null) => () =>
  id === null
    ? new Response(null, { status: 201, headers: location === null ? {} : { location } })
    : json(201, { id }, location === null ? {} : { location })
const gone = (code: string) => () => json(404, { error: { code, message: 'Call not found.' } })

/** As if a notification about a call had come. */
function heard(resource: string): void {
  const type = '#microsoft.graph.commsNotification' as const
  bot.callback.received.push({ '@odata.type': type, changeType: 'updated', resource, resourceData: {} })
}

beforeEach(() => {
  creates = []
  deletes = {}
  deleted = []
  controller = new AbortController()
  bot = new Bot({
    audiences: ['client'],
    calls: NO_LOG,
    wait: null,
    graph: { baseUrl: GRAPH, callsPath: '/beta/app/calls' },
    tokens,
    openIdUrl: `${LOGIN}/openid`,
    fetch: service,
    signal: controller.signal,
  })
})

const CREATE = { body: '{}', contentType: 'application/json' }
const CALLBACK_URI = 'https://bot.example/callback'

async function create(...answers: (() => Response)[]): Promise<void> {
  creates.push(...answers)
  for (const _ of answers) await bot.create(CREATE, CALLBACK_URI)
}

describe('each call that was made is hung up', () => {
  test('by Location, by body, by either', async () => {
    await create(
      made('1', `${GRAPH}/beta/app/calls/1`),
      made('2', null),
      made(null, `${GRAPH}/v1.0/communications/calls/3`),
      made(null, '/app/calls/4'),
    )
    assert.deepEqual(await bot.hangUp(), { made: 4, ended: 4, left: [], uncertain: [] })
    assert.deepEqual(deleted, ['1', '2', '3', '4'])
  })

  test('a Location that is none of a call: the body tells', async () => {
    await create(made('1', 'https://elsewhere.example/'), made('2', 'no address'))
    assert.deepEqual(await bot.hangUp(), { made: 2, ended: 2, left: [], uncertain: [] })
    assert.deepEqual(deleted, ['1', '2'])
  })

  test('where Location and body disagree, both: one of them lives', async () => {
    deletes.wrong = gone('8522')
    await create(made('1', `${GRAPH}/beta/app/calls/wrong`))
    assert.deepEqual(await bot.hangUp(), { made: 1, ended: 1, left: [], uncertain: [] })
    assert.deepEqual(deleted, ['wrong', '1'])
  })

  test('one that was answered with another success than 201', async () => {
    await create(() => json(200, { id: '1' }))
    assert.deepEqual(await bot.hangUp(), { made: 1, ended: 1, left: [], uncertain: [] })
    assert.deepEqual(deleted, ['1'])
  })

  test('an id that was only heard in a notification', async () => {
    await create(made(null, null))
    heard('/app/calls/5')
    heard('/app/calls/5/participants')
    assert.deepEqual(await bot.hangUp(), { made: 1, ended: 1, left: [], uncertain: [] })
    assert.deepEqual(deleted, ['5'])
  })

  test('what others notify of is left alone while every id is known', async () => {
    await create(made('1', null))
    heard('/app/calls/of-somebody-else')
    await bot.hangUp()
    assert.deepEqual(deleted, ['1'])
  })

  test('what was refused was not made', async () => {
    await create(
      () => json(400, { error: { code: 'x', message: 'y' } }),
      () => json(403, {}),
    )
    assert.deepEqual(await bot.hangUp(), { made: 0, ended: 0, left: [], uncertain: [] })
    assert.deepEqual(deleted, [])
  })

  test('also after an interruption, and it is no part of the evidence', async () => {
    await create(made('1', null))
    const before = bot.exchanges.length
    controller.abort(new Interrupted('stopped'))
    assert.deepEqual(await bot.hangUp(), { made: 1, ended: 1, left: [], uncertain: [] })
    assert.equal(bot.exchanges.length, before)
  })

  test('and nothing that comes meanwhile is kept', async () => {
    await bot.hangUp()
    await bot.callback.handle(new Request('https://bot.example/', { method: 'POST' }))
    assert.deepEqual(bot.callback.refused, [])
  })
})

describe('what may still be there is said', () => {
  test('404 with 8522 has ended, anything else is left', async () => {
    const answers: Record<string, () => Response | Promise<Response>> = {
      gone: gone('8522'),
      'gone of another code': gone('7000'),
      'gone without a body': () => new Response(null, { status: 404 }),
      refused: () => json(403, { error: { code: '8522' } }),
      accepted: () => new Response(null, { status: 202 }),
      broken: () => json(500, {}),
      busy: () => json(503, {}),
      unanswered: () => Promise.reject(new TypeError('fetch failed')),
    }
    deletes = answers
    await create(...Object.keys(answers).map((id) => made(id, null)))
    const { made: count, ended, left } = await bot.hangUp()
    assert.deepEqual([count, ended, left], [8, 1, Object.keys(answers).slice(1)])
    assert.deepEqual(deleted, Object.keys(answers))
  })

  test('an id that leads elsewhere is not followed', async () => {
    await create(made('..', null))
    assert.deepEqual(await bot.hangUp(), { made: 1, ended: 0, left: ['..'], uncertain: [] })
    assert.deepEqual(deleted, [])
  })

  test('a call whose id was never learned', async () => {
    await create(made('1', null), made(null, null))
    assert.deepEqual(await bot.hangUp(), { made: 2, ended: 1, left: ['a call whose id was never learned'], uncertain: [] })
  })

  test('a create without an answer, or with one that says nothing, may have made a call', async () => {
    for (const answer of [() => Promise.reject(new TypeError('fetch failed')), () => json(500, {}), () => json(503, {})]) {
      creates.push(answer as () => Response)
      await assert.rejects(bot.create(CREATE, CALLBACK_URI))
    }
    heard('/app/calls/7')
    const { made: count, ended, left, uncertain } = await bot.hangUp()
    assert.deepEqual([count, ended, left, uncertain.length], [1, 1, [], 2])
    assert.deepEqual(deleted, ['7'])
  })

  test('a create that was refused made none', async () => {
    creates.push(
      () => json(403, {}),
      () => json(429, {}),
    )
    await bot.create(CREATE, CALLBACK_URI)
    await assert.rejects(bot.create(CREATE, CALLBACK_URI), CouldNotRun)
    assert.deepEqual(await bot.hangUp(), { made: 0, ended: 0, left: [], uncertain: [] })
  })

  test('a hole of the simulator is ours, and is not hidden', async () => {
    await create(made('1', null))
    deletes = { 1: () => json(501, { error: { code: 'SimulatorNotImplemented', message: 'no delete' } }) }
    await assert.rejects(bot.hangUp(), HarnessError)
  })
})

test('no call is made while notifications could not be checked', async () => {
  const keyless = async (url: string, init: RequestInit) => (url === `${LOGIN}/keys` ? json(503, {}) : service(url, init))
  bot = new Bot({
    audiences: ['client'],
    calls: NO_LOG,
    wait: null,
    graph: { baseUrl: GRAPH, callsPath: '/beta/app/calls' },
    tokens,
    openIdUrl: `${LOGIN}/openid`,
    fetch: keyless,
    signal: controller.signal,
  })
  creates.push(made('1', null))
  await assert.rejects(bot.create(CREATE, CALLBACK_URI), CouldNotRun)
  assert.equal(creates.length, 1)
})
