// What people can do in calls and meetings: one row for each verb. Control operations, package methods and operator lines follow from it.

interface VerbRow {
  /** `call`: done to one call of a bot. `meeting`: done in a meeting, whichever bots are in it. `call or meeting`: in either. */
  readonly on: 'call' | 'meeting' | 'call or meeting'
  /** One sentence. */
  readonly description: string
  /** What an operator is asked to do, without the time limit. `{person}` and `{meeting}` are replaced. */
  readonly operator: string
}

export const VERBS = {
  answer: { on: 'call', description: 'The person who is called picks up.', operator: "Answer the call on {person}'s client" },
  decline: { on: 'call', description: 'The person who is called declines.', operator: "Decline the call on {person}'s client" },
  busy: {
    on: 'call',
    description: 'The person who is called is in another call.',
    operator: "Keep {person}'s client in another call",
  },
  'hang-up': { on: 'call', description: 'The person in a call with the bot hangs up.', operator: "Hang up on {person}'s client" },
  admit: {
    on: 'call',
    description: 'A person in the meeting admits the bot from the lobby.',
    operator: 'As {person}, admit the guest from the lobby of {meeting}',
  },
  refuse: {
    on: 'call',
    description: 'A person in the meeting turns the bot away from the lobby.',
    operator: 'As {person}, turn the guest away from the lobby of {meeting}',
  },
  remove: {
    on: 'call',
    description: 'A person in the meeting removes the bot.',
    operator: 'As {person}, remove the bot from {meeting}',
  },
  join: { on: 'meeting', description: 'A person joins the meeting.', operator: 'Join {meeting} as {person}' },
  leave: { on: 'meeting', description: 'A person leaves the meeting.', operator: 'Leave {meeting} as {person}' },
  mute: { on: 'meeting', description: 'A person mutes their microphone.', operator: "Mute {person}'s microphone in {meeting}" },
  unmute: {
    on: 'meeting',
    description: 'A person unmutes their microphone.',
    operator: "Unmute {person}'s microphone in {meeting}",
  },
  share: { on: 'call or meeting', description: 'A person shares their screen.', operator: "Share {person}'s screen" },
  'stop-sharing': {
    on: 'call or meeting',
    description: 'A person stops sharing their screen.',
    operator: "Stop sharing {person}'s screen",
  },
} as const satisfies Readonly<Record<string, VerbRow>>

export type Verb = keyof typeof VERBS
type VerbOn<Where> = { [Name in Verb]: (typeof VERBS)[Name]['on'] extends Where ? Name : never }[Verb]
export type CallVerb = VerbOn<'call'>
export type MeetingVerb = VerbOn<'meeting'>
export type SharingVerb = VerbOn<'call or meeting'>

/** What a person does whenever a bot calls, and the verb of it; `silent` never picks up. */
export const WHEN_CALLED = { answers: 'answer', declines: 'decline', 'is-busy': 'busy', silent: null } as const
export type WhenCalled = keyof typeof WHEN_CALLED

/** What people in a meeting do whenever a guest or an application waits in its lobby, and the verb of it; `leaves-in-lobby` never looks there. */
export const WHEN_A_GUEST_WAITS = { admits: 'admit', refuses: 'refuse', 'leaves-in-lobby': null } as const
export type WhenAGuestWaits = keyof typeof WHEN_A_GUEST_WAITS

/** What an operator is asked to do where a person shall do nothing. */
export const OPERATOR_WAITS = {
  silent: "Let the call on {person}'s client ring",
  'leaves-in-lobby': 'Let the guest wait in the lobby of {meeting}',
} as const

/** The two operations by which people act on their own from then on. */
export const SCRIPT_OPERATIONS = {
  'when-called': 'What a person does from now on when a bot calls, until the next reset or null.',
  'when-a-guest-waits':
    'What the people in a meeting do from now on when a guest, or an application, waits in its lobby, until the next reset or null.',
} as const

/** The names of an object of this module, in the order of its rows. */
export const namesOf = <Name extends string>(rows: Readonly<Record<Name, unknown>>) => Object.keys(rows) as [Name, ...Name[]]
