// The world of a scenario: the target and one session for each cast.
import { type IWorldOptions, setWorldConstructor, World } from '@cucumber/cucumber'
import { CouldNotRun, HarnessError, NotApplicable } from '../contract/failures'
import type { Target } from '../targets/target'
import { currentRun } from './current-run'
import { libraryOf, pathThatHas } from './library'
import { inapplicable, openTarget } from './open-target'
import { Session } from './session'
import { armedBy, type WorldParameters } from './world-parameters'

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
    const { target, casts } = await openTarget(this.#parametersOf(tags), id)
    this.#target = target
    const library = libraryOf(target.graph.callsPath)
    for (const memory of Object.values(target.memory)) memory.begin(name)
    const [first] = casts
    const reason = first === undefined ? null : inapplicable(tags, target.kind, first, library.requirements)
    if (reason === null) this.#sessions = casts.map((cast) => new Session(target, cast, library, currentRun().interruption))
    return reason
  }

  /** A trial arms its deviation by a tag, and runs under a root whose pages have the scenario. */
  #parametersOf(tags: readonly string[]): WorldParameters {
    const { parameters } = this
    const deviation = armedBy(tags)
    return deviation === null ? parameters : { ...parameters, deviation, callsPath: pathThatHas(tags, parameters.callsPath) }
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
