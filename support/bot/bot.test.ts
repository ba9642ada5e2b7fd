// The bot: it hangs up every call that it made, says which may still exist, and judges nothing while clocks differ.
import assert from 'node:assert/strict'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { before, beforeEach, describe, test } from 'mocha'
import { CouldNotRun, HarnessError, Interrupted } from '../contract/failures'
import { Bot, type BotParts, newMemory } from './bot'
import { tokenClient } from './tokens'

const GRAPH = 'https://graph.example'
const LOGIN = 'https://login.example'
const CALLBACK = 'https://bot.example/callback'
const NOW = Date.parse('2019-11-05T12:00:00Z')
const TOKEN_SERVICE = { authorityUrl: LOGIN, scope: `${GRAPH}/.default` }
const CREDENTIALS = { clientId: 'client', tenantId: 'tenant', secret: 'secret' }
const CREATE = { body: '{}', contentType: 'application/json' }

const json = (status: number, value: unknown, headers = {}) => new Response(JSON.stringify(value), { status, headers })
const lost = () => Promise.reject(new TypeError('fetch failed'))

let creates: (() => Response | Promise<Response>)[]
let deletes: Record<string, (authorization: string | null) => Response | Promise<Response>>
let deleted: string[]
/** What the bot writes into its log of calls. */
let log: string[]
/** `Date` of the responses, in seconds after `NOW`. */
let clocks: { token: number; graph: number }
let keysStatus: number
let controller: AbortController
let bot: Bot
let pair: Awaited<ReturnType<typeof generateKeyPair>>

before(async () => {
  pair = await generateKeyPair('RS256')
})

async function service(url: string, { method, headers }: RequestInit): Promise<Response> {
  const { origin, pathname } = new URL(url)
  const date = (seconds: number) => new Date(NOW + seconds * 1000).toUTCString()
  if (pathname === '/keys') return json(keysStatus, { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k' }] })
  if (pathname === '/openid') return json(200, { jwks_uri: `${LOGIN}/keys` }, { date: 'long ago' })
  if (origin === LOGIN) return json(200, { access_token: 'a token', expires_in: 3_599 }, { date: date(clocks.token) })
  const id = decodeURIComponent(pathname.split('/').at(-1) ?? '')
  if (method === 'DELETE') deleted.push(id)
  const answered =
    method === 'POST'
      ? ((await creates.shift()?.()) ?? assert.fail('one create too many'))
      : await deletes[id]?.(new Headers(headers).get('authorization'))
  const response = answered ?? new Response(null, { status: 204 })
  response.headers.set('date', date(clocks.graph))
  return response
}

function open(parts: Partial<BotParts> = {}): Bot {
  return new Bot({
    audiences: ['client'],
    calls: {
      intend: () => 'request',
      learned: (_, id) => void log.push(`learned ${id}`),
      settled: (_, how) => void log.push(how),
    },
    wait: null,
    graph: { baseUrl: GRAPH, callsPath: '/beta/app/calls' },
    tokens: (send) => tokenClient(send, TOKEN_SERVICE, CREDENTIALS, parts.memory?.tokens),
    openIdUrl: `${LOGIN}/openid`,
    fetch: service,
    signal: controller.signal,
    ...parts,
  })
}

beforeEach(() => {
  creates = []
  deletes = {}
  deleted = []
  log = []
  clocks = { token: 0, graph: 0 }
  keysStatus = 200
  controller = new AbortController()
  bot = open()
})

const made = (id: string | null, location: string | null = null) => {
  const headers: Record<string, string> = location === null ? {} : { location }
  return () => (id === null ? new Response(null, { status: 201, headers }) : json(201, { id }, headers))
}
const gone = (code: string) => () => json(404, { error: { code, message: 'Call not found.' } })

async function create(...answers: typeof creates): Promise<void> {
  creates.push(...answers)
  for (const _ of answers) await bot.create(CREATE, CALLBACK)
}

/** Adds a notification about a call, as if it had been received. */
function receive(resource: string): void {
  const type = '#microsoft.graph.commsNotification' as const
  bot.callback.received.push({ '@odata.type': type, changeType: 'updated', resource, resourceData: {} })
}

describe('hangs up each call that was made', () => {
  const CASES: readonly (readonly [name: string, answers: typeof creates, deleted: readonly string[]])[] = [
    [
      'by Location, by body, by either',
      [
        made('1', `${GRAPH}/beta/app/calls/1`),
        made('2'),
        made(null, `${GRAPH}/v1.0/communications/calls/3`),
        made(null, '/app/calls/4'),
      ],
      ['1', '2', '3', '4'],
    ],
    [
      'by body, if the Location is not that of a call',
      [made('1', 'https://elsewhere.example/'), made('2', 'no address')],
      ['1', '2'],
    ],
    ['with another success than 201', [() => json(200, { id: '1' })], ['1']],
  ]
  for (const [name, answers, ids] of CASES)
    test(name, async () => {
      await create(...answers)
      assert.deepEqual(await bot.hangUp(), { made: ids.length, ended: ids.length, left: [], uncertain: [] })
      assert.deepEqual(deleted, ids)
    })

  test('by Location and body, if they disagree', async () => {
    deletes.wrong = gone('8522')
    await create(made('1', `${GRAPH}/beta/app/calls/wrong`))
    assert.deepEqual(await bot.hangUp(), { made: 1, ended: 1, left: [], uncertain: [] })
    assert.deepEqual(deleted, ['wrong', '1'])
  })

  test('by the id in a notification, if the response has none', async () => {
    await create(made(null))
    receive('/app/calls/5')
    receive('/app/calls/5/participants')
    assert.deepEqual(await bot.hangUp(), { made: 1, ended: 1, left: [], uncertain: [] })
    assert.deepEqual(deleted, ['5'])
  })

  test('and no other call, while every id is known', async () => {
    await create(made('1'))
    receive('/app/calls/of-another')
    await bot.hangUp()
    assert.deepEqual(deleted, ['1'])
  })

  test('also one that a refused create made, which a notification names', async () => {
    await create(
      () => json(403, {}),
      () => json(201, { id: '2' }),
    )
    receive('/app/calls/9')
    assert.deepEqual(await bot.hangUp(), { made: 2, ended: 2, left: [], uncertain: [] })
    assert.deepEqual(deleted, ['9', '2'])
    assert.deepEqual(log, ['refused', 'learned 2', 'learned 9', 'ended', 'ended'])
  })

  test('and none that was refused', async () => {
    await create(
      () => json(400, { error: { code: 'x', message: 'y' } }),
      () => json(403, {}),
    )
    await assert.rejects(
      create(() => json(429, {})),
      CouldNotRun,
    )
    assert.deepEqual(await bot.hangUp(), { made: 0, ended: 0, left: [], uncertain: [] })
    assert.deepEqual([deleted, log], [[], ['refused', 'refused', 'refused']])
  })

  test('also after an interruption; this is not part of the evidence, and nothing received meanwhile is kept', async () => {
    await create(made('1'))
    const kept = bot.exchanges.length
    controller.abort(new Interrupted('stopped'))
    assert.deepEqual(await bot.hangUp(), { made: 1, ended: 1, left: [], uncertain: [] })
    await bot.callback.handle(new Request(CALLBACK, { method: 'POST' }))
    assert.deepEqual([bot.exchanges.length, bot.callback.refused], [kept, []])
  })
})

describe('says which calls may still exist', () => {
  test('all but those answered 204, or 404 with 8522', async () => {
    deletes = {
      gone: gone('8522'),
      'gone of another code': gone('7000'),
      'gone without a body': () => new Response(null, { status: 404 }),
      refused: () => json(403, { error: { code: '8522' } }),
      accepted: () => new Response(null, { status: 202 }),
      broken: () => json(500, {}),
      busy: () => json(503, {}),
      unanswered: lost,
    }
    const ids = Object.keys(deletes)
    await create(...ids.map((id) => made(id)))
    assert.deepEqual(await bot.hangUp(), { made: 8, ended: 1, left: ids.slice(1), uncertain: [] })
    assert.deepEqual(deleted, ids)
  })

  /** A Graph that knows a call in the name of one application only, as it distinguishes them by the token. */
  const ofMaker = (maker: string | null) => (authorization: string | null) =>
    authorization === maker ? new Response(null, { status: 204 }) : gone('8522')()

  for (const [whose, authorization, ended] of [
    ['another application', 'Bearer of another', true],
    ['no application', null, true],
    ['an application whose token the bot does not have', 'Bearer forged', false],
  ] as const)
    test(`one that was created in the name of ${whose} is hung up in its name: ${ended ? 'ended' : 'not ended'}`, async () => {
      deletes['1'] = ended ? ofMaker(authorization) : () => json(403, {})
      creates.push(made('1'))
      await bot.create({ ...CREATE, authorization }, CALLBACK)
      const { uncertain, ...others } = await bot.hangUp()
      assert.deepEqual(others, { made: 1, ended: ended ? 1 : 0, left: [] })
      assert.deepEqual(uncertain, ended ? [] : ["1 (created without the bot's token, so the bot cannot end it)"])
      assert.deepEqual(log, ended ? ['learned 1', 'ended'] : ['learned 1'])
    })

  test('"Call not found" ends a call only when the application asks that made it', async () => {
    for (const [authorization, ended] of [
      [undefined, true],
      ['Bearer of another', true],
      [null, false],
    ] as const) {
      bot = open()
      deletes['1'] = gone('8522')
      creates.push(made('1'))
      await bot.create({ ...CREATE, ...(authorization === undefined ? {} : { authorization }) }, CALLBACK)
      assert.equal((await bot.hangUp()).ended, ended ? 1 : 0, String(authorization))
    }
    // The maker cannot ask any more, and to the bot the call is not there.
    bot = open()
    deletes['1'] = (authorization) => (authorization === 'Bearer expired' ? json(401, {}) : gone('8522')())
    creates.push(made('1'))
    await bot.create({ ...CREATE, authorization: 'Bearer expired' }, CALLBACK)
    assert.deepEqual((await bot.hangUp()).uncertain.length, 1)
  })

  test('one whose id leads elsewhere, and one without an id', async () => {
    await create(made('1'), made('..'), made(null))
    const left = ['..', 'a call whose id was never learned']
    assert.deepEqual(await bot.hangUp(), { made: 3, ended: 1, left, uncertain: [] })
    assert.deepEqual(deleted, ['1'])
  })

  test('one whose create had no response, or a 5xx', async () => {
    for (const answer of [lost, () => json(500, {}), () => json(503, {})]) await assert.rejects(create(answer))
    receive('/app/calls/7')
    const { uncertain, ...others } = await bot.hangUp()
    assert.deepEqual([others, uncertain.length, deleted], [{ made: 1, ended: 1, left: [] }, 2, ['7']])
  })

  test('and does not hide that the simulator does not implement the delete', async () => {
    await create(made('1'))
    deletes = { 1: () => json(501, { error: { code: 'SimulatorNotImplemented', message: 'no delete' } }) }
    await assert.rejects(bot.hangUp(), HarnessError)
  })
})

describe('bots that share a memory', () => {
  const purposes = ({ exchanges }: Bot) => exchanges.map(({ purpose }) => purpose)
  const again = () => {
    bot = open({ memory })
    return create(made('2'))
  }
  let memory: ReturnType<typeof newMemory>
  beforeEach(async () => {
    memory = newMemory()
    bot = open({ memory })
    await create(made('1'))
    assert.deepEqual(purposes(bot), ['keys', 'keys', 'token', 'create'])
  })

  test('get configuration, keys and token once', async () => {
    await again()
    assert.deepEqual(purposes(bot), ['create'])
  })

  for (const [name, status, authorization, expected] of [
    ['ask for a token again after one was refused', 401, undefined, ['token', 'create']],
    ['and not after another answer', 403, undefined, ['create']],
    ['nor when the token of another was refused', 401, 'Bearer another', ['create']],
  ] as const)
    test(name, async () => {
      creates.push(() => json(status, { error: { code: '1', message: 'no' } }))
      await bot.create({ ...CREATE, ...(authorization === undefined ? {} : { authorization }) }, CALLBACK)
      await again()
      assert.deepEqual(purposes(bot), expected)
    })

  test('also when it was refused while calls were hung up', async () => {
    deletes = { 1: () => json(401, { error: { code: '1', message: 'no' } }) }
    await bot.hangUp()
    await again()
    assert.deepEqual(purposes(bot), ['token', 'create'])
  })
})

test('makes no call if notifications could not be checked', async () => {
  keysStatus = 503
  await assert.rejects(create(made('1')), CouldNotRun)
  assert.equal(creates.length, 1)
})

describe('a call whose create has no response yet', () => {
  let waits: number
  /** What happens while the bot waits. */
  let meanwhile: () => Promise<unknown>

  beforeEach(() => {
    waits = 0
    meanwhile = async () => {}
    bot = open({
      wait: () => async () => {
        waits++
        await meanwhile()
      },
    })
  })

  async function notify(callId: string, token?: string): Promise<void> {
    const claims = { aud: 'client', iss: 'https://api.botframework.com', exp: Math.floor(Date.now() / 1000) + 60 }
    const signed = token ?? (await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k' }).sign(pair.privateKey))
    const change = {
      '@odata.type': '#microsoft.graph.commsNotification',
      changeType: 'updated',
      resource: `/app/calls/${callId}`,
      resourceData: { state: 'establishing' },
    }
    const body = JSON.stringify({ '@odata.type': '#microsoft.graph.commsNotifications', value: [change] })
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${signed}` }
    await bot.callback.handle(new Request(CALLBACK, { method: 'POST', headers, body }))
  }

  test('is logged as soon as a notification names it', async () => {
    let release = (_: Response) => {}
    let sent = () => {}
    const underWay = new Promise<void>((resolve) => (sent = resolve))
    const created = create(() => {
      sent()
      return new Promise((resolve) => (release = resolve))
    })
    await underWay
    await notify('7')
    assert.deepEqual(log, ['learned 7'])
    release(json(201, { id: '7' }))
    await created
    assert.deepEqual(await bot.hangUp(), { made: 1, ended: 1, left: [], uncertain: [] })
    assert.deepEqual([deleted, log.at(-1), waits], [['7'], 'ended', 0])
  })

  test('is not logged if the notification has no valid token', async () => {
    await assert.rejects(create(lost), CouldNotRun)
    await notify('7', 'eyJ.nonsense.')
    assert.deepEqual(log, [])
  })

  test('is waited for, also after an interruption, and hung up', async () => {
    await assert.rejects(create(lost), CouldNotRun)
    controller.abort(new Interrupted('stopped'))
    meanwhile = async () => waits === 3 && notify('7')
    assert.deepEqual(await bot.hangUp(), { made: 1, ended: 1, left: [], uncertain: [] })
    assert.deepEqual([deleted, log, waits], [['7'], ['learned 7', 'ended'], 3])
  })

  test('is uncertain after three seconds', async () => {
    await assert.rejects(
      create(() => json(503, {})),
      CouldNotRun,
    )
    const { made, uncertain } = await bot.hangUp()
    assert.deepEqual([made, uncertain.length, deleted, log, waits], [0, 1, [], [], 60])
  })

  test('is not waited for if it was refused', async () => {
    await create(() => json(403, { error: { code: 'x', message: 'y' } }))
    await bot.hangUp()
    assert.deepEqual([log, waits], [['refused'], 0])
  })
})

describe('while clocks differ', () => {
  beforeEach(() => {
    bot = open({ now: () => NOW })
  })

  test('makes no call, if the clock of the token service differs', async () => {
    clocks = { token: 3_600, graph: 3_600 }
    await assert.rejects(create(made('1')), /clock is 60 min behind the token service's: set it/)
    await bot.hangUp()
    assert.deepEqual([creates.length, deleted], [1, []])
  })

  test('judges nothing and hangs up, if the clock of Graph differs', async () => {
    clocks.graph = -3_600
    await assert.rejects(create(made('7')), /clock is 60 min ahead of Graph's: set it/)
    assert.deepEqual(await bot.hangUp(), { made: 1, ended: 1, left: [], uncertain: [] })
    assert.deepEqual(deleted, ['7'])
  })

  test('compares nothing on a target with a time of its own', async () => {
    clocks = { token: 3_600, graph: -3_600 }
    bot = open()
    await create(made('7'))
  })
})
