// The world of a scenario: the target and one session for each cast. Steps say one sentence to it.
import { isAbsolute, join } from 'node:path'
import { type IWorldOptions, setWorldConstructor, World } from '@cucumber/cucumber'
import { type Cast, loadCast } from '../contract/cast'
import { loadDocumented } from '../contract/documented'
import { HarnessError } from '../contract/faults'
import { PROJECT_ROOT } from '../contract/fixture'
import { openSimulatorTarget } from '../targets/simulator'
import type { Target } from '../targets/target'
import { interruption } from './interruption'
import type { WorldParameters } from './parameters'
import { type Library, Session } from './session'

/** Read once per process; fixtures do not change during a run. */
let library: Library | null = null
const casts = new Map<string, Cast>()

export class CallWorld extends World<WorldParameters> {
  #target: Target | null = null
  #sessions: readonly Session[] = []

  constructor(options: IWorldOptions<WorldParameters>) {
    super(options)
  }

  /** Opens the target and a session per cast. Sends nothing. */
  async open(scenarioId: string): Promise<void> {
    const { mount, deviation } = this.parameters
    const played = this.parameters.casts.map(castOf)
    library ??= { documented: loadDocumented(), documentedCast: castOf('fixtures/cast.yaml') }
    const target = await openSimulatorTarget({ casts: played, mount, deviation, signal: interruption, seed: scenarioId })
    this.#target = target
    this.#sessions = played.map((cast) => new Session(target, cast, library as Library, interruption))
  }

  get target(): Target {
    if (this.#target === null) throw new HarnessError('the target is not open')
    return this.#target
  }

  get sessions(): readonly Session[] {
    return this.#sessions
  }

  /** Does something with every session in turn, so that their calls live at once. */
  async each(act: (session: Session) => unknown): Promise<void> {
    for (const session of this.#sessions) await act(session)
  }

  async close(): Promise<void> {
    await this.#target?.close()
    this.#target = null
  }
}

function castOf(file: string): Cast {
  const path = isAbsolute(file) ? file : join(PROJECT_ROOT, file)
  const cast = casts.get(path) ?? loadCast(path)
  casts.set(path, cast)
  return cast
}

setWorldConstructor(CallWorld)
