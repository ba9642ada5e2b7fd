// Runs `npm run conformance` as a function, in this process: what it writes, its exit code and its verdict.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conformance } from '../../support/cli/conformance-command'
import { type Verdict, verdictSchema } from '../../support/contract/verdict'
import { TIME_LIMITS, type TimeLimits } from '../../support/net/time-limits'
import { loadSupportCode } from '../../support/suite/cucumber'
import type { Environment } from '../../support/targets/tenant/config/configuration'
import { againstPublishedSchema } from './published-schema'

export interface Result {
  readonly code: number | null
  readonly out: string
  readonly err: string
  readonly verdict: Verdict | null
  /** Absolute path of the folder with the reports. */
  readonly reports: string
}

export interface RunOptions {
  /** All variables that the run sees. */
  readonly environment?: Environment
  readonly limits?: Partial<TimeLimits>
  readonly features?: readonly string[]
  readonly signal?: AbortSignal
  /** Called with everything that the run writes, as it comes. */
  readonly onText?: (text: string) => void
  /** The folder of the reports, within the folder of the runs; a new one unless said. */
  readonly reports?: string
}

/** Every feature of the suite; a process that runs a command has these. */
export const ALL_FEATURES = 'features/**/*.feature'

/** The features of the page's examples. */
export const EXAMPLES = ['features/create-call/documented-examples.feature']

/** Scenarios that go wrong in every way, with those of the examples. */
export const WITH_SPOILT = [...EXAMPLES, 'test/kit/spoilt.feature']

const NO_WORKERS = { interrupt: () => {}, stop: () => {}, kill: () => {} }

/** The runs of a test file, one after the other, in a folder of their own. */
export class CommandRuns {
  readonly folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  readonly #features: readonly string[]
  #runs = 0

  /**
   * @param features of each run that names none; a run reads, records and reports every scenario of its features, run or not
   * @param spoilt loads the steps of `WITH_SPOILT`; a process loads steps once, so say so before the first run in it
   */
  constructor({ features = [ALL_FEATURES], spoilt = false }: { features?: readonly string[]; spoilt?: boolean } = {}) {
    this.#features = features
    if (spoilt) void loadSupportCode(['test/kit/spoilt.ts'])
  }

  newReports(): string {
    return `reports/${this.#runs++}`
  }

  async conformance(args: readonly string[], options: RunOptions = {}): Promise<Result> {
    const {
      environment = {},
      limits,
      features = this.#features,
      signal = new AbortController().signal,
      onText = () => {},
    } = options
    const { reports = this.newReports() } = options
    const texts = { out: '', err: '' }
    const into = (stream: 'out' | 'err') => (text: string) => {
      texts[stream] += text
      onText(text)
    }
    const code = await conformance(['--reports', reports, ...args], {
      folder: this.folder,
      environment,
      out: into('out'),
      error: into('err'),
      colours: false,
      signal,
      workers: NO_WORKERS,
      limits: { ...TIME_LIMITS, ...limits },
      features,
    })
    const folder = join(this.folder, reports)
    return { code, ...texts, reports: folder, verdict: verdictIn(folder) }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** The verdict in a folder of reports; null where the file is missing. */
export function verdictIn(folder: string): Verdict | null {
  const file = join(folder, 'verdict.json')
  if (!existsSync(file)) return null
  const written: unknown = JSON.parse(readFileSync(file, 'utf8'))
  againstPublishedSchema(written)
  return verdictSchema.parse(written)
}

/** The last line that a person reads. */
export function lastLine({ out }: Pick<Result, 'out'>): string {
  return out.trim().split('\n').at(-1) ?? ''
}
