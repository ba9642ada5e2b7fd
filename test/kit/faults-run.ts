// Whole runs against the standalone simulator, in this process, with a fault; each must leave no call behind.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import type { TimeLimits } from '../../support/net/time-limits'
import { appSecrets } from './app-secrets'
import { CommandRuns, type Result } from './command-runs'
import { type Front, type FrontOptions, openFront } from './faulty-front'
import { freePort } from './loopback-https'
import { type Standalone, serveSimulator } from './standalone'

/** Limits of the runs, in milliseconds: no test waits long for an answer that never comes. */
const LIMITS: Partial<TimeLimits> = {
  connectMs: 3_000,
  answerMs: 3_000,
  firstWaitMs: 20,
  unansweredCreateMs: 500,
  quietMs: 100,
  idleQuietMs: 20,
}

/** The one scenario of a call to a person. */
export const RINGS = ['--requirement', 'CC-30']

/** Of the features only those that the faults meet. */
export const FAULT_FEATURES: readonly string[] = ['documented-examples', 'token', 'request'].map(
  (name) => `features/create-call/${name}.feature`,
)

type Settings = NodeJS.ProcessEnv

export class FaultRuns {
  readonly #runs = new CommandRuns({ features: FAULT_FEATURES })
  readonly #fronts: Front[] = []
  #states = 0

  private constructor(readonly simulator: Standalone) {}

  static async open(): Promise<FaultRuns> {
    return new FaultRuns(await serveSimulator('--tls', '--people', 'manual', '--speed', '100'))
  }

  async close(): Promise<void> {
    for (const front of this.#fronts) front.close()
    await this.simulator.stop()
    this.#runs.remove()
  }

  /** A front before the simulator, or before what the options name. */
  async front(options: Partial<FrontOptions>): Promise<Front> {
    const front = await openFront({ behind: this.simulator.announced.https ?? '', scheme: 'https', ...options })
    this.#fronts.push(front)
    return front
  }

  /** What a person writes into `.env` for this simulator; a listener and a journal of its own for each call. */
  async settings(otherwise: Settings = {}): Promise<Settings> {
    const { https, caFile, control, apps, openIdConfiguration } = this.simulator.announced
    const [app] = apps
    const port = await freePort()
    return {
      GRAPH_BASE_URL: https ?? undefined,
      GRAPH_AUTHORITY_URL: https ?? undefined,
      GRAPH_CA_FILE: caFile ?? undefined,
      GRAPH_TENANT_ID: app?.tenantId,
      GRAPH_CLIENT_ID: app?.clientId,
      GRAPH_CLIENT_SECRET: app?.secret,
      GRAPH_CAST: join(PROJECT_ROOT, 'fixtures/world.yaml'),
      ...appSecrets(),
      BOT_CALLBACK_URL: `http://localhost:${port}/calls`,
      BOT_CALLBACK_LISTEN: `127.0.0.1:${port}`,
      BOT_NOTIFICATION_OPENID: openIdConfiguration,
      GRAPH_PEOPLE: control.url,
      GRAPH_PEOPLE_TOKEN: control.token,
      XDG_STATE_HOME: join(this.#runs.folder, `state-${this.#states++}`),
      ...otherwise,
    }
  }

  /** The same with a front between the simulator and the listener. */
  async settingsBehind(front: Omit<FrontOptions, 'behind' | 'scheme'>): Promise<Settings> {
    const settings = await this.settings()
    const { origin } = await this.front({ ...front, scheme: 'http', behind: `http://${settings.BOT_CALLBACK_LISTEN}` })
    return { ...settings, BOT_CALLBACK_URL: `${origin}/calls` }
  }

  /** Runs until the end, and sees that nothing is left at the simulator and in the journal. */
  async run(settings: Settings, args: readonly string[] = RINGS, features?: readonly string[]): Promise<Result> {
    const ended = await this.attempt(settings, args, {}, features)
    assert.deepEqual(await this.simulator.control('calls'), { calls: [] }, ended.out + ended.err)
    assert.deepEqual(this.journals(settings), [])
    return ended
  }

  /** Runs until the end; it may leave calls behind. */
  attempt(
    settings: Settings,
    args: readonly string[] = RINGS,
    limits: Partial<TimeLimits> = {},
    features?: readonly string[],
  ): Promise<Result> {
    return this.#runs.conformance(['--target', 'tenant', ...args], {
      environment: settings,
      limits: { ...LIMITS, ...limits },
      ...(features && { features }),
    })
  }

  /** The journals of calls that runs with these settings left. */
  journals({ XDG_STATE_HOME }: Settings): readonly string[] {
    const folder = join(XDG_STATE_HOME ?? '', 'graph-calls-conformance/calls')
    return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
  }
}

/** Outcome and reason of the only scenario of a run, or of the first of several. */
export function firstScenario({ code, verdict, out, err }: Result): { code: number | null; outcome: string; reason: string } {
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
