// The same scenarios through the tenant target: real sockets and TLS, against the standalone simulator in a process of its own.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { after, before, describe, test } from 'mocha'
import type { Verdict } from '../support/contract/verdict'
import { operatorOf } from './operator'
import { type Result, ScratchProject } from './scratch-project'
import { type Standalone, startSimulator } from './standalone'

const project = new ScratchProject({ spoilt: false })
const folder = mkdtempSync(join(tmpdir(), 'tenant-'))
const state = join(folder, 'state')
const settingsFile = join(folder, 'settings.env')
let simulator: Standalone
let written: Record<string, string>
let port = 41_000 + (process.pid % 2_000)

before(async () => {
  simulator = await startSimulator('--people', 'manual', '--speed', '20', '--write-env', settingsFile)
  written = parseEnv(readFileSync(settingsFile, 'utf8')) as Record<string, string>
})
after(async () => {
  await simulator.stop()
  project.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** What the simulator wrote for this, with a callback of its own for each run. */
function settings(people: 'attended' | 'unattended' | 'control'): NodeJS.ProcessEnv {
  return {
    ...written,
    BOT_CALLBACK_URL: `http://localhost:${++port}/calls`,
    BOT_CALLBACK_LISTEN: `127.0.0.1:${port}`,
    ...(people === 'control' ? {} : { GRAPH_PEOPLE: people, GRAPH_PEOPLE_TOKEN: undefined }),
    XDG_STATE_HOME: state,
  }
}

async function run(people: 'attended' | 'unattended' | 'control', ...args: string[]): Promise<Result> {
  const reports = project.newReports()
  return project.finish(
    project.start('conformance', ['--target', 'tenant', '--reports', reports, ...args], settings(people)),
    reports,
  )
}

const outcomes = (verdict: Verdict | null, but: ReadonlySet<string> = new Set()) =>
  Object.fromEntries((verdict?.scenarios ?? []).filter(({ name }) => !but.has(name)).map(({ name, outcome }) => [name, outcome]))

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
    const [inProcess, tenant] = await Promise.all([project.conformance(), run('control')])
    assert.equal(tenant.code, 0, tenant.out + tenant.err)
    const excepted = assumed(tenant.verdict)
    assert.deepEqual(outcomes(tenant.verdict, excepted), outcomes(inProcess.verdict, excepted))
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

  test('unattended: what needs somebody could not run and says so, the rest is judged', async () => {
    const { code, verdict } = await run('unattended', '--tags', '@CC-05 or @CC-30 or @CC-32 or @CC-35 or @CC-66 or @CC-67')
    assert.equal(code, 2)
    const { counts, scenarios = [] } = verdict ?? {}
    const unjudged = scenarios.filter(({ outcome }) => outcome === 'could-not-run')
    for (const { reason } of unjudged) assert.match(reason ?? '', /nobody is there to [a-z ]+ as John: set GRAPH_PEOPLE/)
    assert.equal(unjudged.length + (counts?.passed ?? 0), scenarios.length)
    assert.ok(unjudged.length >= 6 && (counts?.passed ?? 0) >= 4)
    await nothingLeft()
  })

  test('refusals unattended: nobody is rung, no call is made', async () => {
    // Not all of them: each waits the quiet period of real time in which nothing may be notified.
    const some = ['CC-05', 'CC-06', 'CC-17', 'CC-18'].flatMap((id) => ['--requirement', id])
    const { code, verdict, out, err } = await run('unattended', '--stage', 'refusals', ...some)
    assert.equal(code, 0, out + err)
    assert.equal(verdict?.counts.passed, 8)
    assert.deepEqual(verdict?.cleanup, { made: 0, ended: 0, left: [] })
    await nothingLeft()
  })

  test('joins and people with the control URL', async () => {
    for (const stage of ['joins', 'people']) {
      const { code, verdict, out, err } = await run('control', '--stage', stage, '--tags', 'not @needs:app-sets')
      assert.equal(code, 0, out + err)
      assert.ok((verdict?.counts.passed ?? 0) > 20)
    }
    await nothingLeft()
  })

  test('attended: one line says what to do, and the run goes on when a notification shows it', async () => {
    const reports = project.newReports()
    const child = project.start(
      'conformance',
      ['--target', 'tenant', '--reports', reports, '--requirement', 'CC-35', '--requirement', 'CC-66', '--requirement', 'CC-67'],
      settings('attended'),
    )
    const operator = operatorOf(simulator)
    let asked = ''
    child.stderr?.on('data', (text) => {
      asked += text
      for (const line of String(text).split('\n')) operator.read(line)
    })
    const { code, verdict, out } = await project.finish(child, reports)
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

  test('SIGTERM: every call is hung up, and the run is incomplete', async () => {
    const reports = project.newReports()
    const child = project.start(
      'conformance',
      ['--target', 'tenant', '--reports', reports, '--requirement', 'CC-30'],
      settings('attended'),
    )
    const ended = project.finish(child, reports)
    await simulator.control('wait-for-call', { person: 'John', timeoutMs: 20_000 })
    child.kill('SIGTERM')
    const { code, verdict, out, err } = await ended
    assert.equal(code, 2, out + err)
    assert.equal(verdict?.aborted, true)
    await nothingLeft()
  })

  test('kill -9: the next run hangs up what is left', async () => {
    const reports = project.newReports()
    const child = project.start(
      'conformance',
      ['--target', 'tenant', '--reports', reports, '--requirement', 'CC-30'],
      settings('attended'),
    )
    const killed = project.finish(child, reports)
    const learned = simulator.control('wait-for-notification', { changeType: 'updated', timeoutMs: 20_000 })
    await simulator.control('wait-for-call', { person: 'John', timeoutMs: 20_000 })
    await learned
    await new Promise((resolve) => setTimeout(resolve, 300))
    child.kill('SIGKILL')
    assert.equal((await killed).code, null)
    assert.equal(((await simulator.control('calls')) as { calls: unknown[] }).calls.length, 1)
    const { code, err } = await run('unattended', '--name', '^Without a token no call')
    assert.equal(code, 0, err)
    assert.match(err, /Call .*, left by an earlier run at .*, was hung up\./)
    await nothingLeft()
  })

  test('--list says who would be rung and how many calls would be made, and makes none', async () => {
    const { code, out } = await run('unattended', '--list', '--requirement', 'CC-25')
    assert.equal(code, 0)
    assert.match(
      out,
      /6 calls would be made \(limits\.maxCalls allows 1000\), 3 of them into meetings\.\nJohn would be rung, 3 times in all\./,
    )
    await nothingLeft()
  })

  test('a configuration with faults: all of them at once, exit 3, nothing sent', async () => {
    const reports = project.newReports()
    const environment = { ...settings('unattended'), GRAPH_TENANT_ID: 'no-guid', GRAPH_CALLS_PATH: '/elsewhere' }
    const { code, err, out } = await project.finish(
      project.start('conformance', ['--target', 'tenant', '--reports', reports], environment),
      reports,
    )
    assert.deepEqual([code, out], [3, ''])
    assert.match(err, /^GRAPH_TENANT_ID .*\n/m)
    assert.match(err, /^GRAPH_CALLS_PATH .*/m)
  })
})
