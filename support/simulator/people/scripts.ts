// How people act by themselves: what a person does when called, what a meeting does with a guest in its lobby; and how the journal says so.
import { WHEN_A_GUEST_WAITS, WHEN_CALLED, type WhenAGuestWaits, type WhenCalled } from '../../contract/people-verbs'
import type { CallDeed, Effect, PeopleCommand } from '../core/commands'
import type { JournalDraft, PeopleFacts } from '../runtime/journal'

/** How long a person takes to react, in milliseconds (assumption: people are like that). */
export const REACTION_MS = 2_000

/** What a person does when called, after how long, and for how long they then talk; null: until the other side ends it. */
export interface CallScript {
  readonly does: WhenCalled
  readonly afterMs: number
  readonly hangsUpAfterMs: number | null
}

export interface LobbyScript {
  readonly does: WhenAGuestWaits
  readonly afterMs: number
}

/** How everybody behaves: by person and by meeting, and the default of both. */
export interface PeopleScripts {
  readonly called: ReadonlyMap<string, CallScript>
  readonly waiting: ReadonlyMap<string, LobbyScript>
  readonly anybody: CallScript
  readonly anywhere: LobbyScript
}

/** People act on command only. */
export const MANUAL: PeopleScripts = {
  called: new Map(),
  waiting: new Map(),
  anybody: { does: 'silent', afterMs: REACTION_MS, hangsUpAfterMs: null },
  anywhere: { does: 'leaves-in-lobby', afterMs: REACTION_MS },
}

/** People answer when called and admit guests, after a moment. */
export const AUTO: PeopleScripts = {
  ...MANUAL,
  anybody: { does: 'answers', afterMs: REACTION_MS, hangsUpAfterMs: null },
  anywhere: { does: 'admits', afterMs: REACTION_MS },
}

export interface People {
  /** What a person does when called from now on; null: as at the beginning. */
  whenCalled(personId: string, does: WhenCalled | null, timing?: Partial<Omit<CallScript, 'does'>>): void
  /** What the people in a meeting do when a guest waits, from now on; null: as at the beginning. */
  whenAGuestWaits(meeting: string, does: WhenAGuestWaits | null, timing?: Partial<Omit<LobbyScript, 'does'>>): void
  /** Everybody behaves as at the beginning. */
  reset(): void
  /** Reacts to an effect of the core: a client rings, a guest waits, or a person has picked up. */
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
    kind: CallDeed['kind'] | null,
    who: { readonly callId: string; readonly personId?: string },
    afterMs: number,
  ) => {
    if (kind !== null) after(afterMs, () => perform({ kind, ...who }))
  }
  return {
    whenCalled: (personId, does, timing = {}) =>
      put(called, personId, does === null ? scripts.called.get(personId) : { ...MANUAL.anybody, ...timing, does }),
    whenAGuestWaits: (meeting, does, timing = {}) =>
      put(waiting, meeting, does === null ? scripts.waiting.get(meeting) : { ...MANUAL.anywhere, ...timing, does }),
    reset: () => {
      called = new Map(scripts.called)
      waiting = new Map(scripts.waiting)
    },
    notice: (effect) => {
      if (effect.kind === 'waits') {
        const script = waiting.get(effect.meeting) ?? scripts.anywhere
        return react(WHEN_A_GUEST_WAITS[script.does], { callId: effect.callId }, script.afterMs)
      }
      const { callId, personId } = effect
      const script = called.get(personId) ?? scripts.anybody
      if (effect.kind === 'rings') return react(WHEN_CALLED[script.does], { callId, personId }, script.afterMs)
      return react(script.hangsUpAfterMs === null ? null : 'hang-up', { callId, personId }, script.hangsUpAfterMs ?? 0)
    },
  }
}

function put<Script>(scripts: Map<string, Script>, key: string, script: Script | undefined): void {
  if (script === undefined) scripts.delete(key)
  else scripts.set(key, script)
}

/** The journal entry of a person's command. @param reason why the command did not fit; null when it was done */
export function describeCommand(
  command: PeopleCommand,
  reason: string | null,
): Pick<JournalDraft, 'callId' | 'text'> & { readonly people: PeopleFacts } {
  const { kind: verb } = command
  const meeting = 'meeting' in command ? command.meeting : null
  const personId = 'person' in command ? command.person.id : (command.personId ?? null)
  const who = 'person' in command ? command.person.displayName : personId
  const place = meeting === null ? '' : ` (${who} in ${meeting})`
  return {
    callId: 'callId' in command ? command.callId : null,
    text: `${verb}${place}${reason === null ? '' : `: ${reason}`}`,
    people: { verb, reason, meeting, personId },
  }
}
