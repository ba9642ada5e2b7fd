// A call whose create was not answered, or not yet: a notification that names it is enough to write it down and to hang it up.
import assert from 'node:assert/strict'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeEach, test } from 'mocha'
import { CouldNotRun, Interrupted } from '../contract/faults'
import { Bot } from './bot'

const CREATE = { body: '{}', contentType: 'application/json' }
const CALLBACK = 'https://bot.example/calls'

let log: string[]
let deleted: string[]
let waits: number
let answer: () => Promise<Response>
let controller: AbortController
let pair: Awaited<ReturnType<typeof generateKeyPair>>
let bot: Bot
/** What happens while the bot waits. */
let meanwhile: () => Promise<unknown>

/** Graph notifies the bot, with a token that is in order unless another is given. */
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

beforeEach(async () => {
  pair = await generateKeyPair('RS256')
  const key = { ...(await exportJWK(pair.publicKey)), kid: 'k' }
  log = []
  deleted = []
  waits = 0
  meanwhile = async () => {}
  controller = new AbortController()
  bot = new Bot({
    graph: { baseUrl: 'https://graph.example', callsPath: '/beta/app/calls' },
    openIdUrl: 'https://keys.example/openid',
    fetch: async (url, { method }) => {
      if (url.endsWith('/openid')) return Response.json({ jwks_uri: 'https://keys.example/keys' })
      if (url.endsWith('/keys')) return Response.json({ keys: [key] })
      if (method === 'POST') return answer()
      deleted.push(new URL(url).pathname.split('/').at(-1) ?? '')
      return new Response(null, { status: 204 })
    },
    audiences: ['client'],
    tokens: () => async () => 'token',
    calls: {
      intend: () => 'request',
      learned: (_, id) => void log.push(`learned ${id}`),
      settled: (_, how) => void log.push(how),
    },
    wait: () => async () => {
      waits++
      await meanwhile()
    },
    signal: controller.signal,
  })
})

test('one that is notified of before the answer comes is written down at once', async () => {
  let release = (_: Response) => {}
  answer = () => new Promise((resolve) => (release = resolve))
  const created = bot.create(CREATE, CALLBACK)
  await bot.callback.ready()
  await new Promise((resolve) => setImmediate(resolve))
  await notify('7')
  assert.deepEqual(log, ['learned 7'])
  release(Response.json({ id: '7' }, { status: 201 }))
  await created
  assert.deepEqual(await bot.hangUp(), { made: 1, ended: 1, left: [], uncertain: [] })
  assert.deepEqual([deleted, log.at(-1), waits], [['7'], 'ended', 0])
})

test('one whose notification has no proper token is not', async () => {
  answer = () => Promise.reject(new TypeError('fetch failed'))
  await assert.rejects(bot.create(CREATE, CALLBACK), CouldNotRun)
  await notify('7', 'eyJ.nonsense.')
  assert.deepEqual(log, [])
})

test('one that was not answered is waited for, also after an interruption, and hung up', async () => {
  answer = () => Promise.reject(new TypeError('fetch failed'))
  await assert.rejects(bot.create(CREATE, CALLBACK), CouldNotRun)
  controller.abort(new Interrupted('stopped'))
  meanwhile = async () => waits === 3 && notify('7')
  assert.deepEqual(await bot.hangUp(), { made: 1, ended: 1, left: [], uncertain: [] })
  assert.deepEqual([deleted, log, waits], [['7'], ['learned 7', 'ended'], 3])
})

test('one that nothing names is given up after three seconds, and said', async () => {
  answer = async () => Response.json({}, { status: 503 })
  await assert.rejects(bot.create(CREATE, CALLBACK), CouldNotRun)
  const { made, uncertain } = await bot.hangUp()
  assert.deepEqual([made, uncertain.length, deleted, log], [0, 1, [], []])
  assert.equal(waits, 60)
})

test('one that was refused is not waited for', async () => {
  answer = async () => Response.json({ error: { code: 'x', message: 'y' } }, { status: 403 })
  await bot.create(CREATE, CALLBACK)
  await bot.hangUp()
  assert.deepEqual([log, waits], [['refused'], 0])
})
