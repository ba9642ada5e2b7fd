// The closed lists of phrases that can stand for a parameter of a sentence, and what each phrase means to its step.
import type { MEETING_NAMES } from '../../contract/cast'
import { type Documented, documentedOperations, loadDocumented } from '../../contract/documented'
import type { WhenAGuestWaits, WhenCalled } from '../../contract/people-verbs'
import type { Trouble } from '../../targets/target'
import { type Attempt, type OwnedCall, saysHowToAuthenticate, saysWhereTheCallIs, unambiguousJson } from '../answers'
import type { AskedCall, Session } from '../session'
import { nameTheCall, nothingContradicts, participantsKeepTheirIds, tokensNameTheTenant } from '../whole-call'
import { CONTACTS, DEEDS, MANNERS, PRESENCES } from './meetings'
import { CHANGES, TOGETHER, TOKENS, TWICE } from './requests'

/** Key in the cast of each meeting. */
const MEETINGS: ReadonlyMap<string, (typeof MEETING_NAMES)[number]> = new Map([
  ['the scheduled meeting', 'scheduled'],
  ['the channel meeting', 'channel'],
  ['the open channel meeting', 'openChannel'],
])

const REACTIONS: ReadonlyMap<string, WhenCalled> = new Map([
  ['answers', 'answers'],
  ['declines', 'declines'],
  ['does not answer', 'silent'],
])

const ADMISSIONS: ReadonlyMap<string, WhenAGuestWaits> = new Map([
  ['admits', 'admits'],
  ['refuses', 'refuses'],
])

/** Operations on a call, by the words for them in the fixtures. */
const OPERATIONS: ReadonlyMap<string, Documented> = new Map(
  documentedOperations()
    .map((name) => loadDocumented(name))
    .flatMap((documented) => (documented.onCall === null ? [] : [[documented.onCall.sentence, documented]])),
)

/** By the name of the parameter, phrase to meaning. A step receives the meaning. */
export const PHRASES = {
  variation: new Map([...CHANGES.keys(), ...TOKENS.keys(), TWICE].map((phrase) => [phrase, phrase])),
  together: TOGETHER,
  meeting: MEETINGS,
  contact: CONTACTS,
  presence: PRESENCES,
  manner: MANNERS,
  reaction: REACTIONS,
  admission: ADMISSIONS,
  deed: DEEDS,
  attempt: new Map<string, Attempt>([
    ['asks for', { method: 'get' }],
    ['tries to end', { method: 'delete' }],
    ['asks without a token for', { method: 'get', authorization: null }],
    ['tries without a token to end', { method: 'delete', authorization: null }],
  ]),
  madeCall: new Map<string, (session: Session) => AskedCall>([
    ['its latest call', ({ call }) => call],
    ['its first call', ({ firstCall }) => firstCall],
  ]),
  ownCall: new Map<string, (session: Session) => OwnedCall>([
    ['its call', (session) => ({ owner: session, call: session.call })],
    ['its first call', (session) => ({ owner: session, call: session.firstCall })],
    ['the call of the other bot', ({ another }) => ({ owner: another, call: another.call })],
  ]),
  bot: new Map<string, (session: Session) => Session>([
    ['the bot', (session) => session],
    ['the other bot', ({ another }) => another],
  ]),
  operation: OPERATIONS,
  documentation: new Map([
    ['as printed in', true],
    ['as derived for', false],
  ]),
  extent: new Map([
    ['notified', 'all'],
    ['first notified', 'first'],
  ]),
  agreement: new Map([
    ['name it', nameTheCall],
    ['distinguish its participants', participantsKeepTheirIds],
    ['contradict nothing that is known of it', nothingContradicts],
    ['come with a token of its tenant', tokensNameTheTenant],
  ]),
  information: new Map([
    ['where the call is', saysWhereTheCallIs],
    ['how to authenticate', saysHowToAuthenticate],
    ['the same to every reader', unambiguousJson],
  ]),
} as const satisfies Readonly<Record<string, ReadonlyMap<string, unknown>>>

/** How the bot answers notifications: with a status, or as a receiver in trouble. */
type Reception = { readonly kind: 'status'; readonly status: number } | Trouble

export const RECEPTION =
  /answers notifications with \d+|answers notifications after \d+ s|never answers notifications|cannot be reached/

export function receptionOf(phrase: string): Reception {
  const number = Number(/\d+/.exec(phrase)?.[0])
  if (phrase.includes(' with ')) return { kind: 'status', status: number }
  if (phrase.includes(' after ')) return { kind: 'late', ms: number * 1000 }
  return { kind: phrase.startsWith('never') ? 'silent' : 'unreachable' }
}

export function receive({ bot, target, setting }: Session, reception: Reception): void {
  if (reception.kind === 'status') bot.callback.answers = reception.status
  else target.trouble(setting.callbackUri, reception)
}
