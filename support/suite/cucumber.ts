// Running scenarios through cucumber's own API: what is selected, and a stream of messages. No formatter runs along.
import { Writable } from 'node:stream'
import { type IRunConfiguration, loadConfiguration, loadSources, loadSupport, runCucumber } from '@cucumber/cucumber/api'
import type { Envelope } from '@cucumber/messages'
import { PROJECT_ROOT } from '../contract/fixture'
import type { WorldParameters } from './world-parameters'

export interface Selection {
  /** A tag expression, or '' for everything. */
  readonly tags: string
  readonly names: readonly string[]
  /** `defined`, or `random:SEED`. */
  readonly order: string
  /** Number of worker processes; 0 runs the scenarios in this one. */
  readonly parallel: number
  /** For example `1/3`, or ''. */
  readonly shard: string
  /** Reads the scenarios and runs none. */
  readonly dryRun: boolean
}

export const EVERYTHING: Selection = { tags: '', names: [], order: 'defined', parallel: 0, shard: '', dryRun: false }

const FEATURES: readonly string[] = ['features/**/*.feature']
const REQUIRED = [
  'support/suite/world.ts',
  'support/suite/vocabulary/parameter-types.ts',
  'support/suite/hooks.ts',
  'steps/**/*.ts',
]

const TRIAL_PLUGIN = './support/trials/trial-plugin.js'

export type SupportCode = Awaited<ReturnType<typeof loadSupport>>

let support: Promise<SupportCode> | null = null

/**
 * Loads the support code, once per process: Node evaluates each file once, so a second load would find no step.
 * @param further files with more steps; they count in the first call only
 */
export function loadSupportCode(further: readonly string[] = []): Promise<SupportCode> {
  support ??= configurationOf(EVERYTHING, null).then(({ support: { requirePaths, ...others }, ...configuration }) =>
    loadSupport(
      { ...configuration, support: { ...others, requirePaths: [...(requirePaths ?? []), ...further] } } as IRunConfiguration,
      { cwd: PROJECT_ROOT, stderr: silent() },
    ),
  )
  return support
}

/** The names of all scenarios, whether selected or not; null when a feature cannot be read, which the run then tells. */
export async function scenarioNames(features: readonly string[] = FEATURES): Promise<readonly string[] | null> {
  const { plan, errors } = await loadSources(
    { paths: [...features], names: [], tagExpression: '', order: 'defined', defaultDialect: 'en' },
    { cwd: PROJECT_ROOT, stderr: silent() },
  )
  return errors.length > 0 ? null : plan.map(({ name }) => name)
}

/** A scenario by its place, as FILE:LINE, and a tag that is added to it for this run. */
export interface TaggedScenario {
  readonly place: string
  readonly tag: string
}

export interface RunParts {
  /** Where the scenarios are read from: files or patterns, or places in files as FILE:LINE:LINE; the suite's own features unless said. */
  readonly features?: readonly string[]
  readonly selection: Selection
  readonly parameters: WorldParameters
  /** Runs exactly these scenarios of the features, in this order and as often as they are listed, each with a tag more. */
  readonly trials?: readonly TaggedScenario[]
  /** Support code of this process, for serial runs; workers load their own. */
  readonly support: SupportCode | null
  readonly onMessage: (envelope: Envelope) => void
  /** What cucumber and its workers write to stderr. */
  readonly onComplaint: (text: string) => void
}

/** Runs what is selected. Rejects when cucumber itself cannot go on, for example after a failing BeforeAll hook. */
export async function runScenarios({
  features = FEATURES,
  selection,
  parameters,
  trials,
  support,
  onMessage,
  onComplaint,
}: RunParts): Promise<void> {
  const configuration = await configurationOf(selection, parameters, features)
  const runnable = support === null || selection.parallel > 0 ? configuration : { ...configuration, support: loaded(support) }
  const plugins = trials && { specifiers: [TRIAL_PLUGIN], options: { trials: trials.map(({ place, tag }) => ({ place, tag })) } }
  await runCucumber(
    { ...runnable, ...(plugins && { plugins }) },
    { cwd: PROJECT_ROOT, stdout: silent(), stderr: told(onComplaint) },
    onMessage,
  )
}

/** Support code that nobody looks for again: cucumber resolves the patterns of its files in each run, although it has it. */
function loaded(support: SupportCode): SupportCode {
  const { originalCoordinates } = support
  return { ...support, originalCoordinates: { ...originalCoordinates, requirePaths: REQUIRED.slice(0, 1) } }
}

async function configurationOf(
  selection: Selection,
  parameters: WorldParameters | null,
  features: readonly string[] = FEATURES,
): Promise<IRunConfiguration> {
  const { tags, names, order, parallel, shard, dryRun } = selection
  const { runConfiguration } = await loadConfiguration(
    {
      file: false,
      provided: {
        paths: [...features],
        require: [...REQUIRED],
        name: [...names],
        order: order as 'defined',
        dryRun,
        ...(tags === '' ? {} : { tags }),
        ...(parallel === 0 ? {} : { parallel }),
        ...(shard === '' ? {} : { shard }),
        ...(parameters === null ? {} : { worldParameters: { ...parameters, casts: [...parameters.casts] } }),
      },
    },
    { cwd: PROJECT_ROOT, stderr: silent() },
  )
  // Cucumber demands a formatter; this one does least, and nobody reads its output.
  return { ...runConfiguration, formats: { stdout: 'rerun', files: {}, publish: false, options: {} } }
}

function silent(): Writable {
  return told(() => {})
}

function told(hear: (text: string) => void): Writable {
  return new Writable({
    write(chunk, _, done) {
      hear(String(chunk))
      done()
    },
  })
}
