// Reads the tables of features: rows of notifications, and properties as a pattern. A mistake in a table is an error of the suite, never a lawful target.
import type { DataTable } from '@cucumber/cucumber'
import { z } from 'zod'
import { HarnessError } from '../../contract/failures'
import { isObject, type Json } from '../../contract/json'
import { CALL_ID, type ExpectedExample, MEDIA_DIRECTIONS, MEDIA_TYPES, MY_PARTICIPANT_ID } from '../../judge/expected'
import { anyOf, Each, exactly, Made, noneSent, oneOf, type Pattern } from '../../judge/pattern'
import type { Row } from '../../judge/sequence'
import { type Setting, THE_BOT } from '../../judge/setting'
import type { Session } from '../session'

interface Context {
  readonly setting: Setting
  readonly expected: ExpectedExample
}

type Meaning = (context: Context, path: readonly string[]) => Pattern

/** The phrases of the column "value". A text in quotes is a literal. */
export const MEANINGS: Readonly<Record<string, Meaning>> = {
  null: () => null,
  'an empty list': () => exactly([]),
  'absent or empty, as none was sent': () => noneSent(),
  yes: () => true,
  no: () => false,
  'yes or no': () => anyOf('boolean'),
  'a text': () => anyOf('text'),
  'a media type': () => oneOf(MEDIA_TYPES),
  'a media direction': () => oneOf(MEDIA_DIRECTIONS),
  'as sent': ({ expected }, path) => sentAt(expected.request, path),
  'as sent, else null': ({ expected }, path) => sentIfAny(expected.request, path) ?? null,
  'exactly as sent': ({ expected }, path) => exactly(sentAt(expected.request, path)),
  'the chatInfo that was sent': ({ expected }) => sentAt(expected.request, ['chatInfo']),
  'the meetingInfo that was sent': ({ expected }) => sentAt(expected.request, ['meetingInfo']),
  'the id of the call': () => CALL_ID,
  "the bot's participant id": () => MY_PARTICIPANT_ID,
  'made by Graph': (_, path) => new Made(`what Graph makes as ${path.join('/')}`),
  'the path of the call': ({ expected }) => expected.address('').path,
  'the path of its roster': ({ expected }) => expected.address('/participants').path,
  "the bot's application id": ({ setting }) => setting.clientId,
  "the bot's name": ({ setting }) => setting.displayName ?? anyOf('text'),
  "the bot's tenant": ({ setting }) => setting.tenantId,
  "the organizer's tenant": ({ expected }) => coordinates(expected).organizer.tenantId,
  'the callback address': ({ setting }) => setting.callbackUri,
  "the guest's id": ({ setting }) => guest(setting).id,
  "the guest's name": ({ setting }) => guest(setting).displayName,
}

function coordinates({ meeting }: ExpectedExample) {
  if (meeting === null) throw new HarnessError('the example joins no meeting, so there is no organizer')
  return meeting.coordinates
}

function guest({ cast }: Setting) {
  if (cast.guest === null) throw new HarnessError('the cast has no guest')
  return cast.guest
}

function sentAt(request: Json, path: readonly string[]): Json {
  const sent = sentIfAny(request, path)
  if (sent === undefined) throw new HarnessError(`"as sent": the request has no ${path.join('/')}`)
  return sent
}

function sentIfAny(request: Json, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((at, name) => (isObject(at) ? at[name] : undefined), request)
}

const propertyRows = z
  .array(
    z.strictObject({
      property: z.string().regex(/^[^/]+(\/[^/]+)*$/, 'write names with / between them'),
      value: z.string().min(1),
    }),
  )
  .min(1)

/** One pattern from a table: `a/b` is b in a, `*` stands for every entry of a list that has at least one. */
export function propertiesOf(
  table: DataTable,
  { setting, call: { expected } }: Pick<Session, 'setting'> & { readonly call: Pick<Session['call'], 'expected'> },
): Pattern {
  const read = propertyRows.safeParse(table.hashes())
  if (!read.success)
    throw new HarnessError(
      `the table of properties cannot be read: ${read.error.issues.map(({ path, message }) => `${path.join(', ')}: ${message}`).join('; ')}`,
    )
  const root: Branch = new Map()
  for (const { property, value } of read.data) {
    const path = property.split('/')
    plant(root, path, meaningOf(value)({ setting, expected }, path), property)
  }
  return patternOf(root)
}

function meaningOf(words: string): Meaning {
  const [, literal] = /^"(.*)"$/.exec(words) ?? []
  if (literal !== undefined) return () => literal
  const meaning = Object.hasOwn(MEANINGS, words) ? MEANINGS[words] : undefined
  if (meaning === undefined)
    throw new HarnessError(`unknown value ${words}: write a text in quotes, or one of ${Object.keys(MEANINGS).join(', ')}`)
  return meaning
}

type Branch = Map<string, Branch | { readonly pattern: Pattern }>

function plant(branch: Branch, [name = '', ...rest]: readonly string[], pattern: Pattern, property: string): void {
  if (rest.length === 0) {
    if (branch.has(name)) throw new HarnessError(`the table of properties has ${property} twice, or a property inside it`)
    branch.set(name, { pattern })
    return
  }
  const next = branch.get(name) ?? new Map()
  if (!(next instanceof Map))
    throw new HarnessError(`the table of properties has ${property} and also an object that contains it`)
  branch.set(name, next)
  plant(next, rest, pattern, property)
}

function patternOf(branch: Branch): Pattern {
  const members = [...branch].map(([name, one]): [string, Pattern] => [name, one instanceof Map ? patternOf(one) : one.pattern])
  const each = members.find(([name]) => name === '*')
  if (each === undefined) return Object.fromEntries(members)
  if (members.length > 1) throw new HarnessError('the table of properties has * and names of members at the same place')
  return new Each(each[1])
}

/** Source: resource page of call, November 2019. */
const STATES = [
  'incoming',
  'establishing',
  'ringing',
  'established',
  'hold',
  'transferring',
  'transferAccepted',
  'redirecting',
  'terminating',
  'terminated',
]

const names = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim()))
  .refine((who) => !who.includes(''), 'write at least one name, and one on each side of a comma')
  .refine((who) => new Set(who).size === who.length, 'write each name once')
const change = z.enum(['created', 'updated', 'deleted'])

const callRow = z
  .strictObject({
    of: z.literal('call'),
    change,
    state: z.enum(STATES),
    who: z.literal('').optional(),
    'in the lobby': z.literal('').optional(),
  })
  .transform(({ of, change, state }): Row => ({ of, change, state, who: [], inLobby: false }))

const rosterRow = z
  .strictObject({
    of: z.literal('roster'),
    change,
    state: z.literal('').optional(),
    who: names,
    'in the lobby': z.enum(['yes', 'no', '']).optional(),
  })
  .refine((row) => row['in the lobby'] !== 'yes' || row.who.includes(THE_BOT), {
    path: ['in the lobby'],
    message: `it says where ${THE_BOT} is, but ${THE_BOT} is not on this roster`,
  })
  .transform(({ of, change, who, ...rest }): Row => ({ of, change, state: null, who, inLobby: rest['in the lobby'] === 'yes' }))

const notificationRows = z.array(z.discriminatedUnion('of', [callRow, rosterRow]))

/** @throws HarnessError naming row and column of every cell that cannot be read */
export function rowsOf(table: DataTable): readonly Row[] {
  const read = notificationRows.safeParse(table.hashes())
  if (read.data?.length === 0) throw new HarnessError('the table of notifications has no rows: write at least one')
  if (read.success) return read.data
  const faults = read.error.issues.map(
    ({ path: [row, column], message }) => `row ${Number(row) + 1}, "${String(column)}": ${message}`,
  )
  throw new HarnessError(`the table of notifications cannot be read: ${faults.join('; ')}`)
}
