// Whole runs against the standalone simulator in which something goes wrong: how they are started, and that they leave nothing behind.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../support/contract/fixture'
import { appSecrets } from './app-secrets'
import { type Front, type FrontOptions, openFront } from './faulty-front'
import { type Begin, type Result, ScratchProject } from './scratch-project'
import { type Standalone, startSimulator } from './standalone'

/** Limits of the network as they are in the copy of the project that the tests run, in milliseconds: what is never answered shall not be waited for long. */
const SHORT = { CONNECT_MS: 4_000, ANSWER_MS: 4_000, FIRST_WAIT_MS: 50, UNTOLD_MS: 2_000 } as const

/** The one scenario of a call to a person. */
export const RINGS = ['--requirement', 'CC-30']

type Settings = NodeJS.ProcessEnv

interface Started {
  readonly child: ChildProcess
  readonly result: Promise<Result>
}

export class FaultRuns {
  readonly #project: ScratchProject
  readonly #folders: string[] = []
  readonly #fronts: Front[] = []
  #port = 43_000 + (process.pid % 2_000) * 10

  private constructor(readonly simulator: Standalone) {
    this.#project = new ScratchProject({ spoilt: false })
    const limits = Object.entries(SHORT).map(([name, ms]) => `export const ${name} = ${ms}\n`)
    writeFileSync(join(this.#project.folder, 'support/bot/time-limits.ts'), limits.join(''))
  }

  static async open(): Promise<FaultRuns> {
    return new FaultRuns(await startSimulator('--tls', '--people', 'manual', '--speed', '20'))
  }

  async close(): Promise<void> {
    for (const front of this.#fronts) front.close()
    await this.simulator.stop()
    this.#project.remove()
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true })
  }

  /** A front before the simulator, or before what the options name. */
  async front(options: Partial<FrontOptions>): Promise<Front> {
    const front = await openFront({ behind: this.simulator.announced.https ?? '', scheme: 'https', ...options })
    this.#fronts.push(front)
    return front
  }

  /** What a person writes into `.env` for this simulator; a listener and a journal of its own for each call. */
  settings(otherwise: Settings = {}): Settings {
    const { https, caFile, control, apps, openIdConfiguration } = this.simulator.announced
    const [app] = apps
    const state = mkdtempSync(join(tmpdir(), 'calls-'))
    this.#folders.push(state)
    const port = this.#port++
    return {
      GRAPH_BASE_URL: https ?? undefined,
      GRAPH_AUTHORITY_URL: https ?? undefined,
      GRAPH_CA_FILE: caFile ?? undefined,
      GRAPH_TENANT_ID: app?.tenantId,
      GRAPH_CLIENT_ID: app?.clientId,
      GRAPH_CLIENT_SECRET: app?.secret,
      GRAPH_CAST: join(PROJECT_ROOT, 'fixtures/cast.yaml'),
      ...appSecrets(),
      BOT_CALLBACK_URL: `http://localhost:${port}/calls`,
      BOT_CALLBACK_LISTEN: `127.0.0.1:${port}`,
      BOT_NOTIFICATION_OPENID: openIdConfiguration,
      GRAPH_PEOPLE: control.url,
      GRAPH_PEOPLE_TOKEN: control.token,
      XDG_STATE_HOME: state,
      ...otherwise,
    }
  }

  /** The same with a front between the simulator and the listener. */
  async settingsBehind(front: Omit<FrontOptions, 'behind' | 'scheme'>): Promise<Settings> {
    const settings = this.settings()
    const { origin } = await this.front({ ...front, scheme: 'http', behind: `http://${settings.BOT_CALLBACK_LISTEN}` })
    return { ...settings, BOT_CALLBACK_URL: `${origin}/calls` }
  }

  start(settings: Settings, args: readonly string[] = RINGS, begin: Begin = spawn): Started {
    const reports = this.#project.newReports()
    const child = this.#project.start('conformance', ['--target', 'tenant', '--reports', reports, ...args], settings, begin)
    return { child, result: this.#project.finish(child, reports) }
  }

  /** Runs until the end, and sees that nothing is left at the simulator and in the journal. */
  async run(settings: Settings, args: readonly string[] = RINGS): Promise<Result> {
    return this.#leavesNothing(settings, this.start(settings, args))
  }

  /** The same, with the process begun in another way. */
  async runWith(settings: Settings, begin: Begin): Promise<Result> {
    return this.#leavesNothing(settings, this.start(settings, RINGS, begin))
  }

  async #leavesNothing(settings: Settings, { result }: Started): Promise<Result> {
    const ended = await result
    assert.deepEqual(await this.simulator.control('calls'), { calls: [] }, ended.out + ended.err)
    assert.deepEqual(this.journals(settings), [])
    return ended
  }

  /** What the doctor prints when it is asked to clean up. */
  async cleanUp(settings: Settings): Promise<string> {
    const { out, err } = await this.#project.finish(this.#project.start('doctor', ['--clean-up'], settings), 'none')
    return out + err
  }

  /** The journals of calls that runs with these settings left. */
  journals({ XDG_STATE_HOME }: Settings): readonly string[] {
    const folder = join(XDG_STATE_HOME ?? '', 'graph-calls-conformance/calls')
    return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
  }
}

/** What the verdict says of the one scenario of a run, or of the first of several. */
export function told({ code, verdict, out, err }: Result): { code: number | null; outcome: string; reason: string } {
  const { outcome, reason } = verdict?.scenarios[0] ?? assert.fail(out + err)
  return { code, outcome, reason: reason ?? '' }
}

/** Names of the exchanges in the record, in order, such as `create: bot → Graph, 201`. */
export function exchanges({ reports }: Result): readonly string[] {
  const lines = readFileSync(join(reports, 'messages.ndjson'), 'utf8').trim().split('\n')
  return lines.flatMap((line) => {
    const { attachment } = JSON.parse(line) as { attachment?: { fileName?: string } }
    const name = /^\d+ (.*)$/.exec(attachment?.fileName ?? '')?.[1]
    return name === undefined ? [] : [name]
  })
}
