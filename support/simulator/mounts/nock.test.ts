// Shows that the nock mount takes and gives back exactly its own origins, and is loaded in the only order that works.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'mocha'
import nock from 'nock'
import * as undici from 'undici'
import { echo, graph, login, mountsOfThisFile, type Seen, throughNode } from '../../../test/kit/mount-clients'
import { PATIENCE_MS } from '../../../test/kit/patience'
import { PROJECT_ROOT } from '../../contract/fixture'
import { seal } from '../../targets/simulator/network-guard'
import type { Handler } from './direct'
import { mountOnNock } from './nock'

const { mount } = mountsOfThisFile()

describe('mounting', () => {
  const named =
    (name: string): Handler =>
    async () =>
      new Response(name)
  const text = async (url: string) => (await fetch(url)).text()
  const refused = (url: string) => assert.rejects(fetch(url), { code: 'ENETUNREACH' })

  it('several at once on different origins, and on the same origin after each other', async () => {
    const first = mount({ [graph]: named('graph'), 'http://plain.simulated.invalid:8080': named('plain') })
    const second = mount({ [login]: named('login') })
    assert.deepEqual(
      [await text(graph), await text('http://plain.simulated.invalid:8080/x'), await text(login)],
      ['graph', 'plain', 'login'],
    )
    first.unmount()
    first.unmount()
    assert.equal(await text(login), 'login')
    await assert.rejects(text(graph))
    mount({ [graph]: named('graph again') })
    assert.equal(await text(graph), 'graph again')
    second.unmount()
    await assert.rejects(text(login))
    assert.equal(await text(graph), 'graph again')
  })

  it('warns of what leaves this process, once for each origin, and says what to do', async () => {
    const warnings: { message: string; code?: string }[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    try {
      const served = mount({ [graph]: named('graph'), [login]: named('login') })
      assert.equal(await text(graph), 'graph')
      for (const send of [undici.fetch, undici.request] as const)
        await assert.rejects(send(`${login}/tenant/oauth2/v2.0/token?secret=1`, { dispatcher: new undici.Agent() }))
      served.unmount()
      await assert.rejects(undici.request(`${graph}/after`, { dispatcher: new undici.Agent() }))
      await new Promise((done) => setImmediate(done))
    } finally {
      process.off('warning', note)
    }
    const ours = warnings.filter(({ code }) => code === 'SIMULATOR_NOT_REACHED').map(({ message }) => message)
    assert.equal(ours.length, 1)
    assert.match(
      ours[0] ?? '',
      /^GET https:\/\/login\.simulated\.invalid\/tenant\/oauth2\/v2\.0\/token leaves this process: .* listen\(\)/,
    )
  })

  it('refuses an origin that is taken, and what is no origin, and mounts nothing then', async () => {
    mount({ [graph]: named('graph') })
    assert.throws(() => mountOnNock({ [login]: named('x'), [graph]: named('x') }), /graph\.simulated\.invalid is mounted already/)
    await refused(login)
    for (const wrong of [`${graph}/`, `${graph}/beta`, 'graph.microsoft.com', `${graph}:443`]) {
      assert.throws(() => mountOnNock({ [wrong]: named('x') }), /is no origin/)
    }
  })

  it('other hosts are refused while a mount is active, loopback is not, and afterwards all is as nock has it', async () => {
    const server = http.createServer((_, response) => response.end('listener')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const unseal = seal()
    try {
      const mounted = mount({ [graph]: named('graph') })
      assert.equal(await text(`http://127.0.0.1:${port}`), 'listener')
      assert.equal(await text(`http://localhost:${port}`), 'listener')
      assert.equal(String((await throughNode(http)(`http://127.0.0.1:${port}`, {})).body), 'listener')
      assert.equal(String((await throughNode(https)(graph, {})).body), 'graph')
      await refused('https://127.0.0.1.other.invalid')
      await refused(login)
      await assert.rejects(undici.request(graph), /sealed: graph\.simulated\.invalid/)
      mounted.unmount()
      for (const origin of [graph, login]) {
        await assert.rejects(fetch(origin), (error: Error) => /^sealed: /.test((error.cause as Error).message))
      }
    } finally {
      unseal()
      server.close()
    }
  })

  it("repairs after nock.cleanAll(), which takes ours with the user's, and unmount leaves the user's", async () => {
    nock('https://user.invalid').persist().get('/').reply(200, 'user')
    const mounted = mount({ [graph]: named('graph'), [login]: named('login') })
    assert.equal(mounted.repair(), false)
    nock.cleanAll()
    await refused(graph)
    assert.equal(mounted.repair(), true)
    assert.equal(mounted.repair(), false)
    assert.deepEqual([await text(graph), await text(login)], ['graph', 'login'])
    nock('https://user.invalid').persist().get('/').reply(200, 'user')
    assert.equal(nock.isDone(), false, "the user's own interceptor counts")
    assert.equal(await text('https://user.invalid'), 'user')
    assert.equal(nock.isDone(), true, 'ours do not')
    mounted.unmount()
    assert.equal(await text('https://user.invalid'), 'user')
    assert.deepEqual(nock.activeMocks(), ['GET https://user.invalid:443/'])
    nock.cleanAll()
  })

  it('requests at once do not mix', async () => {
    mount({
      [graph]: async (request) => {
        await new Promise((resolve) => setTimeout(resolve, Number(request.headers.get('x-wait'))))
        return echo(request)
      },
    })
    const answers = await Promise.all(
      Array.from({ length: 30 }, async (_, at) => {
        const headers = { 'x-wait': String(30 - at) }
        const answer = await fetch(`${graph}/${at}`, { method: 'POST', headers, body: `body ${at}` })
        const seen = (await answer.json()) as Seen
        return [seen.url, seen.headers['x-wait'], Buffer.from(seen.body, 'base64').toString()]
      }),
    )
    assert.deepEqual(
      answers,
      answers.map((_, at) => [`${graph}/${at}`, String(30 - at), `body ${at}`]),
    )
  })
})

describe('loading', () => {
  /** Runs in a process of its own, where nothing is loaded yet and no name is ever asked for on the network. */
  const run = (script: string) => {
    const preamble = `
      require('node:dns').lookup = (host, options, callback) => process.nextTick(callback, new Error('left for ' + host))
      const timers = require('node:timers'), wait = timers.setTimeout
      let zeroes = 0
      timers.setTimeout = (run, ms, ...rest) => { if (!ms) zeroes++; return wait(run, ms, ...rest) }
      const show = (answer) => answer.then((r) => r.text(), (e) => String(e.cause ?? e)).then((text) => console.log(text, zeroes))
      const routes = { 'https://a.invalid': async () => new Response('intercepted') }`
    const args = ['-r', 'ts-node/register/transpile-only', '-e', `${preamble}\n${script}`]
    return execFileSync(process.execPath, args, { cwd: PROJECT_ROOT, encoding: 'utf8', timeout: PATIENCE_MS }).trim()
  }
  const mountFile = './support/simulator/mounts/nock'
  const ours = `require('${mountFile}').mountOnNock(routes)`

  const scripts: Readonly<Record<string, [script: string, shown: string]>> = {
    'intercepts the fetch that undici installed, without zero-length timers': [
      `const { fetch: before } = globalThis; ${ours}
       if (globalThis.Response !== before && new Response() instanceof require('undici').Response) show(fetch('https://a.invalid'))`,
      'intercepted 0',
    ],
    "puts the timers module's own function back": [
      `const counting = timers.setTimeout; ${ours}; console.log(timers.setTimeout === counting)`,
      'true',
    ],
    'is right where nock was loaded before, but for the timers': [
      `const nock = require('nock'); nock('https://user.invalid').get('/').reply(200, 'user'); ${ours}
       show(fetch('https://a.invalid')).then(() => show(fetch('https://user.invalid')))`,
      'intercepted 2\nuser 4',
    ],
    'control: nock first and undici over it lets the request out': [
      `const nock = require('nock'); nock('https://a.invalid').get('/').reply(200, 'intercepted')
       require('undici').install(); show(fetch('https://a.invalid'))`,
      'Error: left for a.invalid 0',
    ],
    'control: nock alone waits two zero-length timers': [
      `const nock = require('nock'); nock('https://a.invalid').get('/').reply(200, 'plain'); show(fetch('https://a.invalid'))`,
      'plain 2',
    ],
  }
  for (const [name, [script, shown]] of Object.entries(scripts)) {
    it(name, () => assert.equal(run(script), shown))
  }
})
