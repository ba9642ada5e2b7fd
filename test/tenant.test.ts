// The same scenarios through the tenant target: real sockets and TLS, against the standalone simulator in a process of its own.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { PROJECT_ROOT } from '../support/contract/fixture'
import type { Verdict } from '../support/contract/verdict'
import { appSecrets } from './app-secrets'
import { type Result, ScratchProject } from './scratch-project'
import { type Standalone, startSimulator } from './standalone'

const project = new ScratchProject({ spoilt: false })
const state = mkdtempSync(join(tmpdir(), 'calls-'))
let simulator: Standalone
let port = 41_000 + (process.pid % 2_000)

before(async () => {
  simulator = await startSimulator('--tls', '--people', 'manual', '--speed', '20')
})
after(async () => {
  await simulator.stop()
  project.remove()
  rmSync(state, { recursive: true, force: true })
})

/** What a person writes into `.env` for this simulator. */
function settings(people: 'attended' | 'unattended' | 'control'): NodeJS.ProcessEnv {
  const { https, caFile, control, apps, openIdConfiguration } = simulator.announced
  const [app] = apps
  return {
    GRAPH_BASE_URL: https ?? undefined,
    GRAPH_AUTHORITY_URL: https ?? undefined,
    GRAPH_CA_FILE: caFile ?? undefined,
    GRAPH_TENANT_ID: app?.tenantId,
    GRAPH_CLIENT_ID: app?.clientId,
    GRAPH_CLIENT_SECRET: app?.secret,
    GRAPH_CAST: join(PROJECT_ROOT, 'fixtures/cast.yaml'),
    ...appSecrets(),
    BOT_CALLBACK_URL: `http://localhost:${++port}/calls`,
    BOT_CALLBACK_LISTEN: `127.0.0.1:${port}`,
    BOT_NOTIFICATION_OPENID: openIdConfiguration,
    GRAPH_PEOPLE: people === 'control' ? control.url : people,
    GRAPH_PEOPLE_TOKEN: control.token,
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

const outcomes = (verdict: Verdict | null) =>
  Object.fromEntries((verdict?.scenarios ?? []).map(({ name, outcome }) => [name, outcome]))

async function nothingLeft(): Promise<void> {
  assert.deepEqual(await simulator.control('calls'), { calls: [] })
  const folder = join(state, 'graph-calls-conformance/calls')
  assert.deepEqual(readdirSync(folder), [])
}

describe('against the standalone simulator', () => {
  test('each scenario has the verdict that it has in process, and no call is left', async () => {
    const [inProcess, tenant] = [await project.conformance(), await run('control')]
    assert.equal(tenant.code, 0, tenant.out + tenant.err)
    assert.deepEqual(outcomes(tenant.verdict), outcomes(inProcess.verdict))
    const { kind, baseUrl } = tenant.verdict?.target ?? {}
    assert.deepEqual([kind, baseUrl], ['tenant', simulator.announced.https])
    assert.ok((tenant.verdict?.cleanup.made ?? 0) >= 8)
    assert.deepEqual(tenant.verdict?.cleanup.left, [])
    await nothingLeft()
  })

  test('unattended: what needs somebody could not run and says so, the rest is judged', async () => {
    const { code, verdict } = await run('unattended')
    assert.equal(code, 2)
    const unjudged = verdict?.scenarios.filter(({ outcome }) => outcome === 'could-not-run') ?? []
    assert.deepEqual(
      unjudged.map(({ requirements }) => requirements.join()),
      ['CC-30', 'CC-31', 'CC-35'],
    )
    for (const { reason } of unjudged)
      assert.match(reason ?? '', /nobody is there to (answer|admit guests) as John: set GRAPH_PEOPLE/)
    await nothingLeft()
  })

  test('by stages: refusals unattended, joins and people with the control URL', async () => {
    for (const [people, stage, requirements] of [
      ['unattended', 'refusals', ['CC-05']],
      ['control', 'joins', ['CC-32', 'CC-33', 'CC-33', 'CC-34', 'CC-35']],
      ['control', 'people', ['CC-30', 'CC-31', 'CC-31']],
    ] as const) {
      const { code, verdict, out, err } = await run(people, '--stage', stage)
      assert.equal(code, 0, out + err)
      assert.deepEqual(
        verdict?.scenarios.flatMap((scenario) => scenario.requirements),
        requirements,
      )
    }
    await nothingLeft()
  })

  test('attended: one line says what to do, and the run goes on when a notification shows it', async () => {
    const reports = project.newReports()
    const child = project.start(
      'conformance',
      ['--target', 'tenant', '--reports', reports, '--requirement', 'CC-30'],
      settings('attended'),
    )
    let asked = ''
    child.stderr?.on('data', async (text) => {
      asked += text
      if (!/Answer the call on John's client within 60 s\./.test(String(text))) return
      // The operator of this test picks up once the client rings.
      await simulator.control('wait-for-call', { person: 'John' })
      await simulator.control('answer')
    })
    const { code, out } = await project.finish(child, reports)
    assert.equal(code, 0, out + asked)
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
    const { code, err } = await run('unattended', '--stage', 'refusals')
    assert.equal(code, 0, err)
    assert.match(err, /Call .*, left by an earlier run at .*, was hung up\./)
    await nothingLeft()
  })

  test('--list says who would be rung and how many calls would be made, and makes none', async () => {
    const { code, out } = await run('unattended', '--list')
    assert.equal(code, 0)
    assert.match(
      out,
      /8 calls would be made \(limits\.maxCalls allows 60\), 5 of them into meetings\.\nJohn would be rung 3 times\./,
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
