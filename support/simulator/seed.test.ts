// Faults of a seed file: what may stand there, that they are armed again after a reset, and what they do over real HTTP.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'mocha'
import { ProcessBot, SimulatorHere } from '../../test/kit/simulator-process'
import { type Standalone, serveSimulator } from '../../test/kit/standalone'
import { WORLD_FILE } from '../contract/cast'
import { FixtureError } from '../contract/fixture'
import type { JsonObject } from '../contract/json'
import { loadSeed } from './seed'

const folder = mkdtempSync(join(tmpdir(), 'seed-faults-'))
const running: { stop(): Promise<unknown> }[] = []
after(async () => {
  await Promise.all(running.map((one) => one.stop()))
  rmSync(folder, { recursive: true, force: true })
})

/** The built-in world with these faults. */
function seedWith(name: string, ...faults: readonly string[]): string {
  const file = join(folder, `${name}.yaml`)
  writeFileSync(file, `${readFileSync(WORLD_FILE, 'utf8')}\nfaults:\n${faults.map((one) => `  - ${one}\n`).join('')}`)
  return file
}

async function simulator(...options: string[]): Promise<Standalone> {
  const one = await serveSimulator(...options)
  running.push(one)
  return one
}

const FIRST_APP = '2891555a-92ff-42e6-80fa-6e1300c6b5c6'

describe('a seed file', () => {
  test('arms nothing unless it says so', () => assert.deepEqual(loadSeed().faults, []))

  test('says what, how often and whose', () => {
    const seed = loadSeed(
      seedWith('whole', '{ fault: throttle, messages: 3, app: none }', `{ fault: token-expired, app: ${FIRST_APP} }`),
    )
    const none = seed.apps.get('none')?.clientId
    assert.deepEqual(
      seed.faults.map(({ fault, values, messages, scope }) => [fault.id, { ...values }, messages, scope]),
      [
        ['throttle', { retryAfter: 5 }, 3, { callId: null, appId: none }],
        ['token-expired', {}, null, { callId: null, appId: FIRST_APP }],
      ],
    )
  })

  const wrong: readonly [what: string, fault: string, message: RegExp][] = [
    ['no such fault', '{ fault: trottle }', /faults\[0\]\.fault is "trottle", an unknown fault; write throttle, /],
    [
      'another parameter',
      '{ fault: latency, retryAfter: 1 }',
      /faults\[0\]\.retryAfter is no parameter of latency; write ms, service\./,
    ],
    ['an unfit value', '{ fault: throttle, retryAfter: soon }', /faults\[0\]\.retryAfter is invalid; write how many seconds/],
    [
      'an unknown app',
      '{ fault: throttle, app: noone }',
      /faults\[0\]\.app is "noone", which is not one of apps; write one of .*none/,
    ],
    ['no message', '{ fault: throttle, messages: 0 }', /faults\[0\]\.messages is too small/],
    ['nothing', '{ messages: 1 }', /faults\[0\]\.fault is missing; write text/],
  ]
  for (const [what, fault, message] of wrong) {
    test(`that names ${what} is refused with place and remedy`, () => {
      assert.throws(
        () => loadSeed(seedWith('wrong', fault)),
        (error) => error instanceof FixtureError && message.test(error.message) && !error.message.includes('\n'),
      )
    })
  }
})

test('a meeting that holds applications keeps them in its lobby', async () => {
  const file = join(folder, 'applications.yaml')
  writeFileSync(file, readFileSync(WORLD_FILE, 'utf8').replace('guests: admitted', 'guests: admitted\n    applications: held'))
  const { directory } = loadSeed(file)
  assert.deepEqual(
    directory.meetings.map(({ guests, applications }) => [guests, applications]),
    [
      ['admitted', 'held'],
      ['held', 'admitted'],
      ['admitted', 'admitted'],
    ],
  )
  const process = new SimulatorHere(['--seed', file])
  running.push(process)
  await process.shows(/scheduled +[^\n]*; applications wait in the lobby and are admitted after 2 s; guests come in at once\n/)
})

describe('over HTTP', () => {
  test('throttling is enforced, announced at the start, and there again after a reset', async () => {
    const file = seedWith('throttled', `{ fault: throttle, retryAfter: 30, messages: 1, app: ${FIRST_APP} }`)
    const { announced, control, journal } = await simulator('--seed', file, '--speed', 'manual')
    assert.deepEqual(
      announced.faults.map(({ fault, left, appId }) => [fault, left, appId]),
      [['throttle', 1, FIRST_APP]],
    )
    const token = await new ProcessBot(announced).token()
    const look = async () => {
      const response = await fetch(`${announced.http}/beta/app/calls/none`, { headers: { authorization: `Bearer ${token}` } })
      await response.text()
      return [response.status, response.headers.get('retry-after')]
    }
    assert.deepEqual(await look(), [429, '30'])
    await control('move-clock', { by: '29s' })
    assert.deepEqual(await look(), [429, '1'])
    await control('move-clock', { by: '1s' })
    assert.deepEqual(await look(), [404, null])
    assert.ok((await journal()).some(({ text }) => /fault throttle: the app came back 1.0 s too early/.test(text)))
    await control('reset')
    assert.deepEqual(await look(), [429, '30'])
  })

  test('a connection breaks off, and the next request is served', async () => {
    const { announced, control, journal } = await simulator()
    await control('arm', { fault: 'reset', messages: 2 })
    const { port } = new URL(announced.http)
    const ended = await new Promise<NodeJS.ErrnoException>((resolve, reject) => {
      const sent = httpRequest({ host: '127.0.0.1', port, path: '/beta/app/calls/none' }, () =>
        reject(new Error('it was answered')),
      )
      sent.on('error', resolve).end()
    })
    assert.equal(ended.code, 'ECONNRESET')
    const there = () => fetch(`${announced.http}/beta/app/calls/none`)
    await assert.rejects(there(), ({ name, message }) => name === 'TypeError' && message === 'fetch failed')
    assert.equal((await there()).status, 401)
    const texts = (await journal()).flatMap(({ kind, text }) => (kind === 'request' ? [text] : []))
    assert.equal(
      texts.filter((text) => text.endsWith(': no answer, fault reset: the connection breaks off; the service never saw it'))
        .length,
      2,
    )
  })

  test('the terminal shows what is armed, and each effect as it happens', async () => {
    const process = new SimulatorHere([
      '--seed',
      seedWith('loud', '{ fault: server-error, status: 502, messages: 1, app: none }'),
    ])
    running.push(process)
    await process.shows(/What happens/)
    assert.match(
      process.out,
      /ARMED FAULTS[^\n]*\n {2}server-error: status 502, service graph, carriedOut false, for 1 message, of app none\n/,
    )
    const url = /Control API +(\S+)/.exec(process.out)?.[1]
    const token = /Bearer (simulated-control-\S+)/.exec(process.out)?.[1]
    const graph = /Graph +(http\S+)/.exec(process.out)?.[1]
    const headers = { authorization: `Bearer ${token}` }
    const armed = await fetch(`${url}/arm`, { method: 'POST', headers, body: '{ "fault": "server-error", "messages": 1 }' })
    assert.equal(((await armed.json()) as JsonObject).left, 1)
    assert.equal((await fetch(`${graph}/none`)).status, 503)
    await process.shows(/↯ fault server-error is spent: it has touched 1 message/)
    assert.match(process.out, /↯ fault server-error \(status 503, [^\n]*\) for 1 message is armed/)
    assert.match(
      process.out,
      /→ GET \/beta\/app\/calls\/none: 503 serviceNotAvailable, fault server-error: the service never saw it/,
    )
  })
})
