// How people behave by themselves: what somebody does when called, and what a meeting does with a guest in its lobby.
import type { WhenAGuestWaits, WhenCalled } from '../../contract/cast'
import type { Effect, PeopleCommand } from '../core/commands'

const CALLED: Readonly<Record<WhenCalled, 'answer' | 'decline' | 'busy' | null>> = {
  answers: 'answer',
  declines: 'decline',
  'is-busy': 'busy',
  silent: null,
}
const WAITING: Readonly<Record<WhenAGuestWaits, 'admit' | 'refuse' | null>> = {
  admits: 'admit',
  refuses: 'refuse',
  'leaves-in-lobby': null,
}

/** How long somebody takes to react, in milliseconds (assumption: people are like that). */
export const REACTION_MS = 2_000

/** What somebody does when called, how long that takes, and for how long they then talk; null: until the other side ends it. */
export interface CallScript {
  readonly does: WhenCalled
  readonly afterMs: number
  readonly hangsUpAfterMs: number | null
}

export interface LobbyScript {
  readonly does: WhenAGuestWaits
  readonly afterMs: number
}

/** How everybody behaves: by person and by meeting, and what holds for those of whom nothing is said. */
export interface PeopleScripts {
  readonly called: ReadonlyMap<string, CallScript>
  readonly waiting: ReadonlyMap<string, LobbyScript>
  readonly anybody: CallScript
  readonly anywhere: LobbyScript
}

/** Nobody does anything unless told. */
export const MANUAL: PeopleScripts = {
  called: new Map(),
  waiting: new Map(),
  anybody: { does: 'silent', afterMs: REACTION_MS, hangsUpAfterMs: null },
  anywhere: { does: 'leaves-in-lobby', afterMs: REACTION_MS },
}

/** Whoever is called answers, and a guest is admitted, after a moment. */
export const AUTO: PeopleScripts = {
  ...MANUAL,
  anybody: { does: 'answers', afterMs: REACTION_MS, hangsUpAfterMs: null },
  anywhere: { does: 'admits', afterMs: REACTION_MS },
}

export interface People {
  /** What a person does when called from now on. */
  whenCalled(personId: string, does: WhenCalled, timing?: Partial<Omit<CallScript, 'does'>>): void
  /** What those in a meeting do when a guest waits, from now on. */
  whenAGuestWaits(meeting: string, does: WhenAGuestWaits, timing?: Partial<Omit<LobbyScript, 'does'>>): void
  /** Everybody behaves as at the beginning. */
  reset(): void
  /** Told by the core that somebody's client rings, a guest waits, or somebody has picked up. */
  notice(effect: Extract<Effect, { kind: 'rings' | 'waits' | 'talks' }>): void
}

/**
 * @param after runs a task some milliseconds from now, on the simulator's clock
 * @param perform does what a person does
 */
export function scriptedPeople(
  scripts: PeopleScripts,
  after: (ms: number, task: () => void) => void,
  perform: (command: PeopleCommand) => void,
): People {
  let called = new Map(scripts.called)
  let waiting = new Map(scripts.waiting)
  const react = (
    kind: 'answer' | 'decline' | 'busy' | 'admit' | 'refuse' | 'hang-up' | null,
    who: { readonly callId: string; readonly personId?: string },
    afterMs: number,
  ) => {
    if (kind !== null) after(afterMs, () => perform({ kind, ...who }))
  }
  return {
    whenCalled: (personId, does, timing = {}) =>
      void called.set(personId, { afterMs: REACTION_MS, hangsUpAfterMs: null, ...timing, does }),
    whenAGuestWaits: (meeting, does, timing = {}) => void waiting.set(meeting, { afterMs: REACTION_MS, ...timing, does }),
    reset: () => {
      called = new Map(scripts.called)
      waiting = new Map(scripts.waiting)
    },
    notice: (effect) => {
      if (effect.kind === 'waits') {
        const script = waiting.get(effect.meeting) ?? scripts.anywhere
        return react(WAITING[script.does], { callId: effect.callId }, script.afterMs)
      }
      const { callId, personId } = effect
      const script = called.get(personId) ?? scripts.anybody
      if (effect.kind === 'rings') return react(CALLED[script.does], { callId, personId }, script.afterMs)
      return react(script.hangsUpAfterMs === null ? null : 'hang-up', { callId, personId }, script.hangsUpAfterMs ?? 0)
    },
  }
}
