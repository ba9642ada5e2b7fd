// The world of a scenario: the target and one session for each cast.
import { type IWorldOptions, setWorldConstructor, World } from '@cucumber/cucumber'
import { loadDocumented } from '../contract/documented'
import { CouldNotRun, HarnessError, NotApplicable } from '../contract/failures'
import { loadRequirements, type Requirement } from '../contract/requirements'
import type { Target } from '../targets/target'
import { currentRun } from './current-run'
import { castOf, inapplicable, openTarget } from './open-target'
import { type Library, Session } from './session'
import { armedBy, type WorldParameters } from './world-parameters'

/** Read once per process; fixtures do not change during a run. */
let library: (Library & { readonly requirements: readonly Requirement[] }) | null = null

function readLibrary() {
  return {
    documented: loadDocumented(),
    documentedCast: castOf('fixtures/world.yaml'),
    requirements: loadRequirements(),
  }
}

export class CallWorld extends World<WorldParameters> {
  #target: Target | null = null
  #sessions: readonly Session[] = []
  /** Why a step found that the scenario does not apply to this target; null if it applies. */
  inapplicable: string | null = null
  /** Why the scenario could not run, if that keeps others from running too. */
  lasting: string | null = null

  constructor(options: IWorldOptions<WorldParameters>) {
    super(options)
  }

  /**
   * Opens the target and a session for each cast. Sends nothing.
   * @returns why the scenario does not apply to the target; null if it applies
   */
  async open({ id, name }: { readonly id: string; readonly name: string }, tags: readonly string[]): Promise<string | null> {
    library ??= readLibrary()
    const known = library
    const { target, casts } = await openTarget({ ...this.parameters, deviation: armedBy(tags) ?? this.parameters.deviation }, id)
    this.#target = target
    for (const memory of Object.values(target.memory)) memory.begin(name)
    const [first] = casts
    const reason = first === undefined ? null : inapplicable(tags, target.kind, first, known.requirements)
    if (reason === null) this.#sessions = casts.map((cast) => new Session(target, cast, known, currentRun().interruption))
    return reason
  }

  get target(): Target {
    if (this.#target === null) throw new HarnessError('the target is not open')
    return this.#target
  }

  get sessions(): readonly Session[] {
    return this.#sessions
  }

  async close(): Promise<void> {
    await this.#target?.close()
    this.#target = null
  }
}

setWorldConstructor(CallWorld)

/**
 * The code of a step that does the same with every session in turn, so that their calls exist at the same time.
 * It is skipped if the cast does not declare what the step needs.
 * @param act receives the session and what the sentence gives; none of its parameters may be optional
 */
export function eachSession<Given extends unknown[]>(act: (session: Session, ...given: Given) => unknown) {
  async function step(this: CallWorld, ...given: Given): Promise<'skipped' | undefined> {
    try {
      for (const session of this.sessions) await act(session, ...given)
      return undefined
    } catch (error) {
      if (error instanceof CouldNotRun) this.lasting = error.lasting
      if (!(error instanceof NotApplicable)) throw error
      this.inapplicable = error.message
      return 'skipped'
    }
  }
  // Cucumber compares the number of parameters with the sentence.
  return Object.defineProperty(step, 'length', { value: act.length - 1 })
}
