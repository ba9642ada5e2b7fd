// What a person did, as the journal tells it.
import type { PeopleCommand } from '../core/commands'
import type { JournalDraft, PeopleFacts } from '../runtime/journal'

/** A command of the people as the journal tells it. */
export function told(
  command: PeopleCommand,
  reason: string | null,
): Pick<JournalDraft, 'callId' | 'text'> & { readonly people: PeopleFacts } {
  const { kind: verb } = command
  const meeting = 'meeting' in command ? command.meeting : null
  const personId = 'person' in command ? command.person.id : 'personId' in command ? (command.personId ?? null) : null
  const who = 'person' in command ? command.person.displayName : personId
  const place = meeting === null ? '' : ` (${who} in ${meeting})`
  return {
    callId: 'callId' in command ? command.callId : null,
    text: `${verb}${place}${reason === null ? '' : `: ${reason}`}`,
    people: { verb, reason, meeting, personId },
  }
}
