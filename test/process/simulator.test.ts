// `npm run simulator` as a person or a script starts it: what it prints, that it works, how it ends, and what it refuses.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'mocha'
import type { JsonObject } from '../../support/contract/json'
import { freePort } from '../kit/loopback-https'
import {
  type Announced,
  ProcessBot,
  SimulatorHere,
  SimulatorProcess,
  type StartedSimulator,
  within,
} from '../kit/simulator-process'
import { NEEDS_SH, NEEDS_SIGNALS, testUnless } from '../kit/unless'

const folder = mkdtempSync(join(tmpdir(), 'simulator-'))
const running = new Set<StartedSimulator>()
const bots = new Set<ProcessBot>()
after(() => {
  for (const one of running) one.signal('SIGKILL')
  for (const bot of bots) bot.close()
  rmSync(folder, { recursive: true, force: true })
})

const simulator = (...options: string[]) => remembered(new SimulatorHere(options))
const simulatorProcess = (...options: string[]) => remembered(new SimulatorProcess(options))

function remembered<Simulator extends StartedSimulator>(one: Simulator): Simulator {
  running.add(one)
  void one.ended.then(() => running.delete(one))
  return one
}

async function botOf(announced: Announced, answers = true): Promise<ProcessBot> {
  const bot = await new ProcessBot(announced, answers).open()
  bots.add(bot)
  return bot
}

async function control({ control: { url, token } }: Announced, operation: string, params: object = {}) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(`${url}/${operation}`, { method: 'POST', headers, body: JSON.stringify(params) })
  return { status: response.status, body: (await response.json()) as JsonObject }
}

describe('a script starts it', () => {
  testUnless(
    NEEDS_SIGNALS,
    'one line says everything, a call is made and answered over HTTP, and SIGTERM ends it with 0',
    async () => {
      const process = simulatorProcess('--json')
      const announced = await process.announced()
      const port = new URL(announced.http).port
      assert.deepEqual(Object.keys(announced), [
        'http',
        'https',
        'callsPaths',
        'authority',
        'openIdConfiguration',
        'caFile',
        'control',
        'envFile',
        'profile',
        'apps',
        'people',
        'meetings',
        'faults',
      ])
      assert.equal(announced.profile, 'documented')
      assert.deepEqual(announced.faults, [], 'nothing is armed unless asked for')
      assert.deepEqual(
        [announced.http, announced.https, announced.authority, announced.caFile],
        [`http://localhost:${port}`, null, `http://localhost:${port}`, null],
      )
      assert.deepEqual(announced.callsPaths, ['/beta/app/calls', '/beta/communications/calls', '/v1.0/communications/calls'])
      assert.match(announced.control.url, /^http:\/\/127\.0\.0\.1:\d+$/)
      assert.match(announced.control.token, /^simulated-control-[\w-]{20,}$/)
      assert.deepEqual(Object.keys(announced.apps[0] ?? {}), [
        'name',
        'clientId',
        'tenantId',
        'displayName',
        'secret',
        'permissions',
        'registered',
      ])
      assert.deepEqual(announced.people[0], { name: 'John', id: '112f7296-5fa4-42ca-bae8-6a692b15d4b8', displayName: 'John' })
      assert.deepEqual(
        announced.meetings.map(({ name, messageId }) => [name, messageId]),
        [
          ['scheduled', '0'],
          ['channel', '1533758867081'],
          ['openChannel', '1572949800412'],
        ],
      )
      const openId = (await (await fetch(announced.openIdConfiguration)).json()) as JsonObject
      assert.equal((await fetch(String(openId.jwks_uri))).status, 200)

      const bot = await botOf(announced)
      await bot.call('John')
      await bot.hears('established')
      assert.deepEqual(bot.states, ['establishing', 'established'])
      assert.equal(await process.stop(), 0)
      assert.equal(process.out.trim().split('\n').length, 1, process.out)
      assert.equal(process.err, '')
    },
  )

  test('people who wait, and a control API that wants its token', async () => {
    const process = simulator('--json', '--people', 'manual')
    const announced = await process.announced()
    const bot = await botOf(announced)
    const id = await bot.call('John')
    await bot.hears('establishing')
    const { url } = announced.control
    for (const headers of [new Headers(), new Headers({ authorization: 'Bearer simulated-control-guessed' })])
      assert.equal((await fetch(`${url}/answer`, { method: 'POST', headers, body: '{}' })).status, 401)
    assert.equal((await control(announced, 'answer', { callId: id })).status, 200)
    await bot.hears('established')
    assert.equal((await control(announced, 'answer', { callId: id })).status, 409)
    assert.equal(await process.stop(), 0)
  })

  test("today's wire, where the observed profile is asked for", async () => {
    const process = simulator('--json', '--people', 'manual', '--profile', 'observed')
    const announced = await process.announced()
    assert.equal(announced.profile, 'observed')
    const bot = await botOf(announced)
    const callId = await bot.call('John')
    for (const verb of ['answer', 'hang-up']) assert.equal((await control(announced, verb, { callId })).status, 200)
    await bot.hears('terminated')
    assert.deepEqual(bot.states, ['establishing', 'established', 'established', 'terminated'])
    assert.equal(await process.stop(), 0)
  })

  test('a hundred times as fast, a person who does not answer ends the call in seconds, not in a minute', async () => {
    const process = simulator('--json', '--speed', '100')
    const bot = await botOf(await process.announced())
    const began = performance.now()
    await bot.call('Sam')
    await bot.hears('terminated')
    assert.ok(performance.now() - began < 10_000, `${performance.now() - began} ms`)
    assert.equal(await process.stop(), 0)
  })

  test('SIGTERM during a delivery that hangs: it says what it dropped, and ends with 0', async () => {
    const process = simulator('--json')
    const bot = await botOf(await process.announced(), false)
    await bot.call('John')
    await bot.hears('establishing')
    const began = performance.now()
    assert.equal(await process.stop(), 0)
    assert.ok(performance.now() - began < 6_000, `${performance.now() - began} ms`)
    assert.match(process.err, /^Ended by SIGTERM: 1 notification was dropped/)
  })

  testUnless(NEEDS_SIGNALS, 'a second signal ends it at once', async () => {
    const process = simulatorProcess('--json')
    const bot = await botOf(await process.announced(), false)
    await bot.call('John')
    await bot.hears('establishing')
    process.signal('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 200))
    process.signal('SIGINT')
    assert.equal(await within(process.ended, 'it did not end'), 130)
  })
})

describe('a person starts it', () => {
  const curl = spawnSync('curl', ['--version']).status === 0

  testUnless(
    NEEDS_SH || (curl ? false : 'there is no curl'),
    'the commands that it prints make a call, show it and end it',
    async () => {
      const process = simulatorProcess('--speed', '50')
      await process.shows(/What happens/)
      const printed = /A first call, with curl\n(.*)\n\n +Notifications go to/s.exec(process.out)?.[1] ?? ''
      // At the printed port a bot may run; here nothing is to listen.
      const commands = printed.replaceAll('localhost:3978', `localhost:${await freePort()}`)
      const ran = spawnSync('sh', ['-c', commands], {
        encoding: 'utf8',
        env: { ...globalThis.process.env, no_proxy: 'localhost' },
      })
      assert.equal(ran.status, 0, ran.stderr)
      assert.match(ran.stdout, /"state":"established"/)
      assert.match(ran.stdout, /HTTP\/1\.1 204/)
      await process.shows(/DELETE .*204/)
      await process.shows(/connection refused/)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
      assert.doesNotMatch(process.out, /\u001b/)
      for (const line of [
        /secret +simulated-2891555a/,
        /John .*answers after 2 s/,
        /Dora .*declines after 1 s/,
        /and 16 registrations with other permission sets \(--json lists them\)/,
        /50 times as fast/,
      ])
        assert.match(process.out, line)
      assert.equal(await process.stop(), 0)
    },
  )

  test('an address that other machines reach is warned of', async () => {
    const process = simulator('--json', '--host', '0.0.0.0')
    const announced = await process.announced()
    assert.equal((await fetch(announced.openIdConfiguration)).status, 200)
    assert.equal(await process.stop(), 0)
    assert.match(process.err, /^Warning: with --host 0\.0\.0\.0 other machines reach this simulator/)
  })
})

describe('what it cannot use: one sentence, exit code 3', () => {
  const REFUSED: readonly [says: RegExp, ...options: string[]][] = [
    [/^Unknown option '--prot'.*See "npm run simulator -- --help"\.$/, '--prot', '1'],
    [/^--host "192\.0\.2\.1" is no address of this machine/, '--host', '192.0.2.1'],
    [/no-such\.yaml: the file does not exist; create it or correct its name\.$/, '--seed', join(folder, 'no-such.yaml')],
  ]
  for (const [says, ...options] of REFUSED) {
    test(options.join(' ').replace(folder, ''), async () => {
      const process = simulator(...options)
      assert.equal(await within(process.ended, 'it did not end'), 3, process.out)
      assert.match(process.err.trim(), says)
      assert.equal(process.err.trim().split('\n').length, 1, process.err)
      assert.equal(process.out, '')
    })
  }

  for (const option of ['--port', '--control-port']) {
    test(`${option} that is taken`, async () => {
      const other = createServer()
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
      const { port } = other.address() as AddressInfo
      const process = simulator(option, String(port))
      assert.equal(await within(process.ended, 'it did not end'), 3, process.out)
      assert.match(process.err, new RegExp(`^Port ${port} is taken: .* ${option} \\(0: any free one\\)\\.\n$`))
      other.close()
    })
  }
})
