// The parameters that a run gives to its scenarios: plain JSON, because workers are processes of their own.
import { DEFAULT_PROFILE, type Profile } from '../contract/profiles'
import { DEFAULT_CALLS_PATH } from '../contract/revisions'

export interface WorldParameters {
  /** A tenant's addresses, credentials and cast come from the environment: no secret travels in parameters. */
  readonly target: 'simulator' | 'tenant'
  /** Under which the bot creates its calls on the simulator: it chooses the revision. That of a tenant comes from the environment. */
  readonly callsPath: string
  /** Whether the simulator writes its messages as printed, or with the known drift of today's wire. */
  readonly profile: Profile
  /** How the simulator is reached. */
  readonly mount: 'nock' | 'direct'
  /** Cast files. With more than one, every step runs with each of them, so that their calls exist at the same time. */
  readonly casts: readonly string[]
  /** Id of a deviation; null: the simulator keeps to the documentation. */
  readonly deviation: string | null
  /** Whether the exchanges of each scenario are attached to the record. */
  readonly evidence: boolean
}

export const DEFAULT_PARAMETERS: WorldParameters = {
  target: 'simulator',
  callsPath: DEFAULT_CALLS_PATH,
  profile: DEFAULT_PROFILE,
  mount: 'nock',
  casts: ['fixtures/world.yaml'],
  deviation: null,
  evidence: true,
}

/** Begins the tag of a trial's deviation. No feature has it. */
const ARMED = '@armed:'

/** The tag that gives the simulator of a scenario a deviation. */
export function tagOf(deviation: string): string {
  return `${ARMED}${deviation}`
}

/** The deviation of a scenario's tags; null if it has none. */
export function armedBy(tags: readonly string[]): string | null {
  return tags.find((tag) => tag.startsWith(ARMED))?.slice(ARMED.length) ?? null
}
