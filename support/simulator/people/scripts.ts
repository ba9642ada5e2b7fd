// How people behave by themselves: what somebody does when called, and what a meeting does with a guest in its lobby.
import type { Effect, PeopleCommand } from '../core/commands'
import type { Clock } from '../runtime/clock'

/** `silent` never picks up. */
export type WhenCalled = 'answers' | 'declines' | 'is-busy' | 'silent'
/** `leaves-in-lobby` never looks there. */
export type WhenAGuestWaits = 'admits' | 'refuses' | 'leaves-in-lobby'

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

export interface People {
  /** What a person does when called from now on; until it is said, nothing. */
  whenCalled(personId: string, does: WhenCalled): void
  /** What those in a meeting do when a guest waits; until it is said, nothing. */
  whenAGuestWaits(meeting: string, does: WhenAGuestWaits): void
  /** Told by the core that somebody's client rings or a guest waits. */
  notice(effect: Extract<Effect, { kind: 'rings' | 'waits' }>): void
}

export function scriptedPeople(clock: Clock, perform: (command: PeopleCommand) => void): People {
  const called = new Map<string, WhenCalled>()
  const waiting = new Map<string, WhenAGuestWaits>()
  return {
    whenCalled: (personId, does) => void called.set(personId, does),
    whenAGuestWaits: (meeting, does) => void waiting.set(meeting, does),
    notice(effect) {
      const { callId } = effect
      const kind =
        effect.kind === 'rings'
          ? CALLED[called.get(effect.personId) ?? 'silent']
          : WAITING[waiting.get(effect.meeting) ?? 'leaves-in-lobby']
      if (kind !== null) clock.after(REACTION_MS, () => perform({ kind, callId }))
    },
  }
}
