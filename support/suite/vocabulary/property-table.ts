// Tables of properties in features, read into a pattern: where, and what must stand there, in words. A slip of the pen is an error of ours.
import type { DataTable } from '@cucumber/cucumber'
import { z } from 'zod'
import { HarnessError } from '../../contract/faults'
import { isObject, type Json } from '../../contract/json'
import { CALL_ID, type ExpectedExample, MEDIA_DIRECTIONS, MEDIA_TYPES, MY_PARTICIPANT_ID } from '../../judge/expected'
import { AnyOf, Each, Exactly, InText, Made, NoneSent, OneOf, type Pattern } from '../../judge/pattern'
import type { Setting } from '../../judge/setting'

export interface Told {
  readonly setting: Setting
  readonly expected: ExpectedExample
}

type Meaning = (told: Told, path: readonly string[]) => Pattern

/** What the words of the column "value" mean. A text in quotes stands for itself. */
export const MEANINGS: Readonly<Record<string, Meaning>> = {
  null: () => null,
  'an empty list': () => new Exactly([]),
  'absent or empty, as none was sent': () => new NoneSent(),
  yes: () => true,
  no: () => false,
  'yes or no': () => new AnyOf('boolean'),
  'a text': () => new AnyOf('text'),
  'a media type': () => new OneOf(MEDIA_TYPES),
  'a media direction': () => new OneOf(MEDIA_DIRECTIONS),
  'as sent': ({ expected }, path) => sentAt(expected.request, path),
  'as sent, else null': ({ expected }, path) => sentIfAny(expected.request, path) ?? null,
  'exactly as sent': ({ expected }, path) => new Exactly(sentAt(expected.request, path)),
  'the chatInfo that was sent': ({ expected }) => sentAt(expected.request, ['chatInfo']),
  'the meetingInfo that was sent': ({ expected }) => sentAt(expected.request, ['meetingInfo']),
  'the id of the call': () => CALL_ID,
  "the bot's participant id": () => MY_PARTICIPANT_ID,
  'made by Graph': (_, path) => new Made(`what Graph makes as ${path.join('/')}`),
  'the path of the call': () => new InText('/app/calls/', CALL_ID, ''),
  'the path of its roster': () => new InText('/app/calls/', CALL_ID, '/participants'),
  "the bot's application id": ({ setting }) => setting.clientId,
  "the bot's name": ({ setting }) => setting.displayName ?? new AnyOf('text'),
  "the bot's tenant": ({ setting }) => setting.tenantId,
  "the organizer's tenant": ({ expected }) => coordinates(expected).organizer.tenantId,
  'the callback address': ({ setting }) => setting.callbackUri,
  "the guest's id": ({ setting }) => guest(setting).id,
  "the guest's name": ({ setting }) => guest(setting).displayName,
}

function coordinates({ meeting }: ExpectedExample) {
  if (meeting === null) throw new HarnessError('the example is of no meeting, so there is no organizer')
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

const rows = z
  .array(
    z.strictObject({
      property: z.string().regex(/^[^/]+(\/[^/]+)*$/, 'write names with / between them'),
      value: z.string().min(1),
    }),
  )
  .min(1)

/** One pattern from a table: `a/b` is b in a, `*` stands for every entry of a list that has at least one. */
export function propertiesOf(table: DataTable, told: Told): Pattern {
  const read = rows.safeParse(table.hashes())
  if (!read.success)
    throw new HarnessError(
      `the table of properties cannot be read: ${read.error.issues.map(({ path, message }) => `${path.join(', ')}: ${message}`).join('; ')}`,
    )
  const root: Branch = new Map()
  for (const { property, value } of read.data) {
    const path = property.split('/')
    plant(root, path, meaningOf(value)(told, path), property)
  }
  return patternOf(root)
}

function meaningOf(words: string): Meaning {
  const [, literal] = /^"(.*)"$/.exec(words) ?? []
  if (literal !== undefined) return () => literal
  const meaning = Object.hasOwn(MEANINGS, words) ? MEANINGS[words] : undefined
  if (meaning === undefined)
    throw new HarnessError(
      `nothing says what the value ${words} means: write a text in quotes, or one of ${Object.keys(MEANINGS).join(', ')}`,
    )
  return meaning
}

type Branch = Map<string, Branch | { readonly pattern: Pattern }>

function plant(branch: Branch, [name = '', ...rest]: readonly string[], pattern: Pattern, property: string): void {
  if (rest.length === 0) {
    if (branch.has(name)) throw new HarnessError(`the table of properties has ${property} twice, or also what is in it`)
    branch.set(name, { pattern })
    return
  }
  const next = branch.get(name) ?? new Map()
  if (!(next instanceof Map)) throw new HarnessError(`the table of properties has ${property} and also what it is in`)
  branch.set(name, next)
  plant(next, rest, pattern, property)
}

function patternOf(branch: Branch): Pattern {
  const members = [...branch].map(([name, one]): [string, Pattern] => [name, one instanceof Map ? patternOf(one) : one.pattern])
  const each = members.find(([name]) => name === '*')
  if (each === undefined) return Object.fromEntries(members)
  if (members.length > 1) throw new HarnessError('the table of properties has * beside names of members')
  return new Each(each[1])
}
