// The same scenarios through the tenant target: real sockets and TLS, against the standalone simulator.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { after, before, describe, test } from 'mocha'
import { callsPaths, revisionOf } from '../../support/contract/revisions'
import type { Verdict } from '../../support/contract/verdict'
import type { Environment } from '../../support/targets/tenant/config/configuration'
import { CommandProcesses } from '../kit/command-processes'
import { CommandRuns, type Result, type RunOptions } from '../kit/command-runs'
import { freePort } from '../kit/loopback-https'
import { operatorOf } from '../kit/operator'
import { type Standalone, serveSimulator } from '../kit/standalone'
import { FULL_ONLY, NEEDS_SIGNALS, testUnless } from '../kit/unless'

const runs = new CommandRuns()
const processes = new CommandProcesses()
const folder = mkdtempSync(join(tmpdir(), 'tenant-'))
const state = join(folder, 'state')
const settingsFile = join(folder, 'settings.env')
type People = 'attended' | 'unattended' | 'control'

let simulator: Standalone
let written: Record<string, string>

before(async () => {
  simulator = await serveSimulator('--people', 'manual', '--speed', '100', '--write-env', settingsFile)
  written = parseEnv(readFileSync(settingsFile, 'utf8')) as Record<string, string>
})
after(async () => {
  await simulator.stop()
  runs.remove()
  processes.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** What the simulator wrote for this, with a callback of its own for each run. */
async function settings(people: People): Promise<Environment> {
  const port = await freePort()
  return {
    ...written,
    BOT_CALLBACK_URL: `http://localhost:${port}/calls`,
    BOT_CALLBACK_LISTEN: `127.0.0.1:${port}`,
    ...(people === 'control' ? {} : { GRAPH_PEOPLE: people, GRAPH_PEOPLE_TOKEN: undefined }),
    XDG_STATE_HOME: state,
  }
}

async function run(people: People, args: readonly string[], options: RunOptions = {}, callsPath?: string): Promise<Result> {
  const environment = { ...(await settings(people)), ...(callsPath === undefined ? {} : { GRAPH_CALLS_PATH: callsPath }) }
  return runs.conformance(['--target', 'tenant', ...args], { environment, limits: { quietMs: 200, idleQuietMs: 20 }, ...options })
}

/** The same in a process of its own, with the limits of a real run. */
async function start(people: People, ...args: readonly string[]) {
  return processes.start('conformance', ['--target', 'tenant', ...args], await settings(people))
}

/** Scenarios that rest on assumptions: on a tenant they do not apply. */
const assumed = (verdict: Verdict | null) =>
  new Set(
    (verdict?.scenarios ?? []).flatMap(({ name, outcome, reason }) =>
      outcome === 'not-applicable' && /assumption/.test(reason ?? '') ? [name] : [],
    ),
  )

async function nothingLeft(): Promise<void> {
  assert.deepEqual(await simulator.control('calls'), { calls: [] })
  assert.deepEqual(readdirSync(join(state, 'graph-calls-conformance/calls')), [])
}

describe('against the standalone simulator', () => {
  test('each scenario has the verdict that it has in process, what is assumption excepted, and no call is left', async () => {
    const tenant = await run('control', [])
    assert.equal(tenant.code, 0, tenant.out + tenant.err)
    const excepted = assumed(tenant.verdict)
    // In process all of them pass: the run of the scenarios that `npm test` makes beside this.
    const others = (tenant.verdict?.scenarios ?? []).filter(({ name, outcome }) => outcome !== 'passed' && !excepted.has(name))
    assert.deepEqual(others, [])
    // Two in three are held against a tenant, and every must rule is.
    assert.ok(excepted.size > 0 && excepted.size < (tenant.verdict?.scenarios.length ?? 0) / 3, `${excepted.size} do not apply`)
    const must = tenant.verdict?.requirements.filter(({ level }) => level === 'must') ?? []
    assert.deepEqual(
      must.filter(({ outcome }) => outcome !== 'passed').map(({ id }) => id),
      [],
    )
    const { kind, baseUrl } = tenant.verdict?.target ?? {}
    assert.deepEqual([kind, baseUrl], ['tenant', simulator.announced.https])
    assert.deepEqual(tenant.verdict?.cleanup.left, [])
    await nothingLeft()
  })

  for (const callsPath of callsPaths().slice(1))
    testUnless(FULL_ONLY, `calls under ${callsPath} are held to its own pages`, async () => {
      await simulator.control('reset')
      const { code, verdict, out, err } = await run('control', [], {}, callsPath)
      assert.equal(code, 0, out + err)
      const excepted = assumed(verdict)
      assert.deepEqual(
        verdict?.scenarios.filter(
          ({ name, outcome, drift }) => !excepted.has(name) && (outcome !== 'passed' || drift.length > 0),
        ),
        [],
      )
      assert.ok((verdict?.counts.passed ?? 0) > 250)
      assert.equal(verdict?.document.revision, revisionOf(callsPath).id)
      await nothingLeft()
    })

  test('unattended: scenarios that need people could not run and say so, the others are judged', async () => {
    await simulator.control('reset')
    const { code, verdict } = await run('unattended', ['--tags', '@CC-05 or @CC-30 or @CC-32 or @CC-35 or @CC-66 or @CC-67'])
    assert.equal(code, 2)
    const { counts, scenarios = [] } = verdict ?? {}
    const unjudged = scenarios.filter(({ outcome }) => outcome === 'could-not-run')
    for (const { reason } of unjudged) assert.match(reason ?? '', /there is no operator to [a-z ]+ as John: set GRAPH_PEOPLE/)
    assert.equal(unjudged.length + (counts?.passed ?? 0), scenarios.length)
    assert.ok(unjudged.length >= 6 && (counts?.passed ?? 0) >= 4)
    await nothingLeft()
  })

  test('refusals unattended: no one is rung, no call is made', async () => {
    const some = ['CC-05', 'CC-06', 'CC-17', 'CC-18'].flatMap((id) => ['--requirement', id])
    const { code, verdict, out, err } = await run('unattended', ['--stage', 'refusals', ...some], { limits: { quietMs: 10 } })
    assert.equal(code, 0, out + err)
    assert.equal(verdict?.counts.passed, 10)
    assert.deepEqual(verdict?.cleanup, { made: 0, ended: 0, left: [] })
    await nothingLeft()
  })

  test('joins and people are stages of their own', async () => {
    for (const stage of ['joins', 'people']) {
      const { code, out } = await run('control', ['--list', '--stage', stage])
      assert.equal(code, 0, out)
      assert.ok(Number(/^(\d+) scenarios would run/m.exec(out)?.[1]) > 20, out)
    }
  })

  test('attended: one line says what to do, and the run goes on when a notification shows it', async () => {
    const operator = operatorOf(simulator)
    const examples = ['CC-35', 'CC-66', 'CC-67'].flatMap((id) => ['--requirement', id])
    const onText = (text: string) => text.split('\n').forEach((line) => void operator.read(line))
    const { code, verdict, out, err: asked } = await run('attended', examples, { onText })
    assert.equal(code, 0, out + asked)
    assert.equal(verdict?.counts.passed, verdict?.scenarios.length)
    assert.deepEqual(operator.puzzled, [])
    for (const line of [
      /▶ Answer the call on John's client within 60 s\.$/m,
      /▶ Decline the call on John's client within 60 s\.$/m,
      /▶ Hang up on John's client within 60 s\.$/m,
      /▶ As John, admit the guest from the lobby of the meeting with thread .* within 60 s\.$/m,
      /▶ As John, remove the bot from the meeting with thread .* within 60 s\.$/m,
    ])
      assert.match(asked, line)
    await nothingLeft()
  })

  testUnless(NEEDS_SIGNALS, 'SIGTERM: every call is hung up, and the run is incomplete', async () => {
    const { child, result } = await start('attended', '--requirement', 'CC-30')
    await simulator.control('wait-for-call', { person: 'John', timeoutMs: 120_000 })
    child.kill('SIGTERM')
    const { code, verdict, out, err } = await result
    assert.equal(code, 2, out + err)
    assert.equal(verdict?.aborted, true)
    await nothingLeft()
  })

  test('--list says who would be rung and how many calls would be made, and makes none', async () => {
    const { code, out } = await run('unattended', ['--list', '--requirement', 'CC-25'])
    assert.equal(code, 0)
    assert.match(
      out,
      /8 calls would be made \(limits\.maxCalls allows 1000\), 4 of them into meetings\.\nJohn and Dora would be rung, 4 times in all\./,
    )
    await nothingLeft()
  })

  test('a configuration with faults: all of them at once, exit 3, nothing sent', async () => {
    const environment = { ...(await settings('unattended')), GRAPH_TENANT_ID: 'no-guid', GRAPH_CALLS_PATH: '/elsewhere' }
    const { code, err, out } = await run('unattended', [], { environment })
    assert.deepEqual([code, out], [3, ''])
    assert.match(err, /^GRAPH_TENANT_ID .*\n/m)
    assert.match(err, /^GRAPH_CALLS_PATH .*/m)
  })
})
