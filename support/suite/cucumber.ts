// Runs scenarios through cucumber's API, without a formatter: a selection in, a stream of messages out.
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

/** The names of all scenarios; null if a feature cannot be read, which the run reports. */
export async function scenarioNames(features: readonly string[] = FEATURES): Promise<readonly string[] | null> {
  const { plan, errors } = await loadSources(
    { paths: [...features], names: [], tagExpression: '', order: 'defined', defaultDialect: 'en' },
    { cwd: PROJECT_ROOT, stderr: silent() },
  )
  return errors.length > 0 ? null : plan.map(({ name }) => name)
}

/** A scenario by its place, as FILE:LINE, and a tag that is added to it for this run. */
interface TaggedScenario {
  readonly place: string
  readonly tag: string
}

interface RunParts {
  /** Files, patterns, or places in files as FILE:LINE:LINE; the suite's own features by default. */
  readonly features?: readonly string[]
  readonly selection: Selection
  readonly parameters: WorldParameters
  /** Runs exactly these scenarios, in this order and as often as they are listed, each with an additional tag. */
  readonly trials?: readonly TaggedScenario[]
  /** Support code of this process, for serial runs; workers load their own. */
  readonly support: SupportCode | null
  readonly onMessage: (envelope: Envelope) => void
  /** What cucumber and its workers write to stderr. */
  readonly onComplaint: (text: string) => void
}

/** Runs the selection. Rejects if cucumber itself fails, for example after a failing BeforeAll hook. */
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
    { cwd: PROJECT_ROOT, stdout: silent(), stderr: writingTo(onComplaint) },
    onMessage,
  )
}

/** Shortens the patterns of loaded support code, which cucumber would resolve again in each run. */
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
  // Cucumber needs a formatter. This one does least, and its output is not read.
  return { ...runConfiguration, formats: { stdout: 'rerun', files: {}, publish: false, options: {} } }
}

function silent(): Writable {
  return writingTo(() => {})
}

function writingTo(receive: (text: string) => void): Writable {
  return new Writable({
    write(chunk, _, done) {
      receive(String(chunk))
      done()
    },
  })
}
