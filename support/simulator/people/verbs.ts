// What people in a call can do, declared once: the steps use these words, and the control API has an operation for each.
import type { PeopleCommand } from '../core/commands'

/** What somebody does to one call of a bot. */
export interface CallVerb {
  readonly name: Extract<PeopleCommand, { callId: string }>['kind']
  readonly on: 'call'
  readonly description: string
}

/** What somebody does in a meeting, whatever bots are there. */
export interface MeetingVerb {
  readonly name: Extract<PeopleCommand, { meeting: string }>['kind']
  readonly on: 'meeting'
  readonly description: string
}

export type Verb = CallVerb | MeetingVerb

export const VERBS: readonly Verb[] = [
  { name: 'answer', on: 'call', description: 'The person who is called picks up.' },
  { name: 'decline', on: 'call', description: 'The person who is called declines.' },
  { name: 'busy', on: 'call', description: 'The person who is called is in another call.' },
  { name: 'hang-up', on: 'call', description: 'The person in a call with the bot hangs up.' },
  { name: 'admit', on: 'call', description: 'Somebody in the meeting admits the bot from the lobby.' },
  { name: 'refuse', on: 'call', description: 'Somebody in the meeting turns the bot away from the lobby.' },
  { name: 'remove', on: 'call', description: 'Somebody in the meeting removes the bot.' },
  { name: 'join', on: 'meeting', description: 'A person joins the meeting.' },
  { name: 'leave', on: 'meeting', description: 'A person leaves the meeting.' },
  { name: 'mute', on: 'meeting', description: 'A person mutes their microphone.' },
  { name: 'unmute', on: 'meeting', description: 'A person unmutes their microphone.' },
]
