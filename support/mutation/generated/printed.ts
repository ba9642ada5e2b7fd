// The printed messages that the simulator sends: how to recognise each, and its members.
import { type Documented, type DocumentedExample, loadDocumented } from '../../contract/documented'
import { isObject, type Json, type JsonObject } from '../../contract/json'

export type MessageName =
  | 'answer-call'
  | 'answer-join'
  | 'establishing-call'
  | 'established-call'
  | 'establishing-meeting'
  | 'established-meeting'
  | 'roster'
  | 'roster-lobby'

/** A kind of participant, recognised by the member of the identity set that is filled. */
type Who = 'person' | 'bot' | 'guest'
const IDENTITY_OF: Readonly<Record<Who, string>> = { person: 'user', bot: 'application', guest: 'guest' }

/** A member by name, the entry of a list by its number, or every participant of a kind on a roster. */
export type PathStep = string | number | { readonly every: Who }
export type Path = readonly PathStep[]

export interface PrintedMessage {
  readonly name: MessageName
  /** For a sentence: "the answer to a join". */
  readonly title: string
  /** How it leaves the simulator: as the answer to a create, or in a post. */
  readonly by: 'answer' | 'post'
  /** The example that prints it, and those that it is derived for (E-13). */
  readonly examples: readonly [printed: number, ...derived: number[]]
  readonly printed: JsonObject
  /** Recognises the message among the bodies that leave the simulator that way. */
  is(body: JsonObject): boolean
}

const member = (value: Json | undefined, name: string): Json | undefined => (isObject(value) ? value[name] : undefined)
const dataOf = (body: JsonObject): Json | undefined => member((body.value as readonly Json[] | undefined)?.[0], 'resourceData')

const inState = (state: string, inMeeting: boolean) => (body: JsonObject) => {
  const data = dataOf(body)
  return member(data, 'state') === state && isObject(member(data, 'chatInfo')) === inMeeting
}
const isRoster = (fromLobby: boolean) => (body: JsonObject) => {
  const data = dataOf(body)
  return Array.isArray(data) && data.some((one) => member(one, 'isInLobby') === true) === fromLobby
}

type Row = readonly [
  name: MessageName,
  title: string,
  printedAs: 'response' | string,
  examples: PrintedMessage['examples'],
  is: PrintedMessage['is'],
]

const IN_CALLS = [1, 2] as const
const IN_MEETINGS = [3, 4, 5, 6] as const

const ROWS: readonly Row[] = [
  ['answer-call', 'the answer to a call to a person', 'response', IN_CALLS, ({ chatInfo }) => !isObject(chatInfo)],
  ['answer-join', 'the answer to a join', 'response', IN_MEETINGS, ({ chatInfo }) => isObject(chatInfo)],
  ...(['establishing', 'established'] as const).flatMap((state): Row[] => [
    [`${state}-call`, `the notification that a call to a person is ${state}`, state, IN_CALLS, inState(state, false)],
    [`${state}-meeting`, `the notification that a call in a meeting is ${state}`, state, IN_MEETINGS, inState(state, true)],
  ]),
  ['roster', 'the notification of the roster', 'roster', IN_MEETINGS, isRoster(false)],
  ['roster-lobby', 'the notification of the roster of a guest in the lobby', 'roster', [6], isRoster(true)],
]

/**
 * The printed messages of every kind that the simulator sends.
 * @throws FixtureError when the documented messages cannot be read
 */
export function printedMessages({ examples: all }: Documented = loadDocumented()): readonly PrintedMessage[] {
  return ROWS.map(([name, title, printedAs, examples, is]) => {
    const { response, notifications } = all.get(examples[0]) as DocumentedExample
    const answered = printedAs === 'response'
    const printed = (answered ? response?.body : notifications[printedAs]) as JsonObject
    return { name, title, by: answered ? 'answer' : 'post', examples, printed, is }
  })
}

interface Member {
  readonly path: Path
  readonly printed: Json
}

/** Every member of a message, nested ones and entries of lists included; participants of a roster by their kind. */
export function membersOf(value: Json, path: Path = []): readonly Member[] {
  const next = stepsInto(value).map(([step, printed]): Member => ({ path: [...path, step], printed }))
  return next.flatMap((one) => [one, ...membersOf(one.printed, one.path)])
}

function stepsInto(value: Json): readonly (readonly [PathStep, Json])[] {
  if (isObject(value)) return Object.entries(value)
  if (!Array.isArray(value)) return []
  return value.map((entry, at) => {
    const who = whoIs(entry)
    return [who === undefined ? at : { every: who }, entry]
  })
}

function whoIs(entry: Json): Who | undefined {
  const set = member(member(entry, 'info'), 'identity')
  if (member(entry, '@odata.type') !== '#microsoft.graph.participant') return undefined
  return (Object.keys(IDENTITY_OF) as Who[]).find((who) => isObject(member(set, IDENTITY_OF[who])))
}

/** Rewrites one member of a message, in every place that the path leads to; `undefined` removes the member. */
export function rewrittenAt(value: Json, path: Path, rewrite: (was: Json) => Json | undefined): Json {
  const [step, ...rest] = path
  if (step === undefined) return rewrite(value) ?? null
  const next = (was: Json) => (rest.length === 0 ? rewrite(was) : rewrittenAt(was, rest, rewrite))
  if (typeof step === 'string') {
    if (!isObject(value) || !Object.hasOwn(value, step)) return value
    const entries = Object.entries(value).map(([name, was]) => [name, name === step ? next(was) : was] as const)
    return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined))
  }
  if (!Array.isArray(value)) return value
  return value.flatMap((was, at) => {
    const meant = typeof step === 'number' ? at === step : whoIs(was) === step.every
    const now = meant ? next(was) : was
    return now === undefined ? [] : [now]
  })
}
