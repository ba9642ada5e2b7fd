// Describes what a message must look like, with places where the service chooses a value, and finds every difference.
import { isObject, type Json, type JsonPrimitive, sameJson } from '../contract/json'
import { howTheyDiffer, shownAt, shownString } from '../contract/shown'

export type Pattern = JsonPrimitive | readonly Pattern[] | PatternObject | Made | InText | Each | Condition
export interface PatternObject {
  readonly [member: string]: Pattern
}

/** Made by the service: any text at first, and the same one wherever the name occurs again. */
export class Made {
  constructor(readonly name: string) {}
}

/** A text around something that the service makes, for example the path of a call. */
export class InText {
  constructor(
    readonly before: string,
    readonly made: Made,
    readonly after: string,
  ) {}
}

/** A list, not empty, in which every entry matches. */
export class Each {
  constructor(readonly entry: Pattern) {}
}

/** A value that meets a condition; `expected` describes the condition for a place in the message. */
class Condition {
  constructor(
    readonly isMet: (actual: Json | undefined) => boolean,
    readonly expected: (path: string) => string,
    /** The only value that meets it, if there is one. */
    readonly value?: Json,
  ) {}
}

export const oneOf = (values: readonly string[]) =>
  new Condition(
    (actual) => values.includes(actual as string),
    () => `one of ${values.join(', ')}`,
  )

export const anyOf = (type: 'text' | 'boolean') =>
  new Condition(
    (actual) => typeof actual === (type === 'text' ? 'string' : 'boolean'),
    () => `a ${type}`,
  )

/** Exactly this value, without further members. */
export const exactly = (value: Json) =>
  new Condition(
    (actual) => actual !== undefined && sameJson(value, actual),
    (path) => `exactly ${shown(value, path)}`,
    value,
  )

/** Any other value, or none. */
export const anythingBut = (value: Json) =>
  new Condition(
    (actual) => actual === undefined || !sameJson(value, actual),
    (path) => `anything but ${shown(value, path)}`,
  )

/** A list that was not sent comes back absent, null or empty (E-08). */
export const noneSent = () =>
  new Condition(
    (actual) => actual === undefined || actual === null || sameJson(actual, []),
    () => 'absent, null or empty, as none was sent (E-08)',
  )

/** Values that the service has made so far, by name. */
export type Bindings = Map<string, string>

export interface Difference {
  /** Where, from the root of the message: `targets[0].identity.user.id`. */
  readonly path: string
  /** Both redacted (`shownAt`). */
  readonly expected: string
  readonly actual: string
}

type Test<P> = (pattern: P, actual: Json | undefined, path: string, bindings: Bindings) => Difference[]

/** Every difference between a pattern and a message. Further members are allowed. Binds what the service made. */
export function differences(pattern: Pattern, actual: Json | undefined, bindings: Bindings, path = ''): Difference[] {
  if (pattern instanceof Made) return made(pattern, actual, path, bindings)
  if (pattern instanceof InText) return inText(pattern, actual, path, bindings)
  if (pattern instanceof Each) return each(pattern, actual, path, bindings)
  if (pattern instanceof Condition) return unless(pattern.isMet(actual), path, pattern.expected(path), actual, pattern.value)
  if (isList(pattern)) return list(pattern, actual, path, bindings)
  if (typeof pattern === 'object' && pattern !== null) return members(pattern, actual, path, bindings)
  return unless(pattern === actual, path, shown(pattern, path), actual, pattern)
}

const isList = (pattern: Pattern): pattern is readonly Pattern[] => Array.isArray(pattern)

const members: Test<PatternObject> = (pattern, actual, path, bindings) => {
  if (!isObject(actual)) return [{ path, expected: 'an object', actual: shown(actual, path) }]
  return Object.entries(pattern).flatMap(([name, member]) =>
    differences(member, Object.hasOwn(actual, name) ? actual[name] : undefined, bindings, path === '' ? name : `${path}.${name}`),
  )
}

const list: Test<readonly Pattern[]> = (pattern, actual, path, bindings) => {
  if (!Array.isArray(actual) || actual.length !== pattern.length) {
    return [
      { path, expected: pattern.length === 0 ? 'an empty list' : `a list of ${pattern.length}`, actual: shown(actual, path) },
    ]
  }
  return pattern.flatMap((entry, at) => differences(entry, actual[at], bindings, `${path}[${at}]`))
}

const each: Test<Each> = ({ entry }, actual, path, bindings) => {
  if (!Array.isArray(actual) || actual.length === 0)
    return [{ path, expected: 'a list with at least one entry', actual: shown(actual, path) }]
  return actual.flatMap((value, at) => differences(entry, value, bindings, `${path}[${at}]`))
}

const made: Test<Made> = ({ name }, actual, path, bindings) => {
  if (typeof actual !== 'string' || actual === '')
    return [{ path, expected: `${name}, made by the service`, actual: shown(actual, path) }]
  const known = bindings.get(name)
  if (known === undefined) bindings.set(name, actual)
  return unless(known === undefined || known === actual, path, `${shownString(known ?? '')}, ${name} as before`, actual, known)
}

const inText: Test<InText> = ({ before, made: inner, after }, actual, path, bindings) => {
  const whole = `${before}{${inner.name}}${after}`
  if (
    typeof actual !== 'string' ||
    !actual.startsWith(before) ||
    !actual.endsWith(after) ||
    actual.length <= before.length + after.length
  ) {
    return [{ path, expected: whole, actual: shown(actual, path) }]
  }
  return made(inner, actual.slice(before.length, actual.length - after.length), path, bindings)
}

/** @param value the expected one, if only one is right: where both look the same, the difference says how they differ */
function unless(fits: boolean, path: string, expected: string, actual: Json | undefined, value?: Json): Difference[] {
  if (fits) return []
  const received = shown(actual, path)
  const lookSame = value !== undefined && actual !== undefined && shown(value, path) === received
  return [
    { path, expected, actual: lookSame ? `${received} (differs where it is masked: ${howTheyDiffer(value, actual)})` : received },
  ]
}

/** Longest value that a message quotes, in characters. */
const QUOTED = 160

/** Name of the member at the end of a path; of an entry of a list, that of the list. */
const MEMBER = /(?:^|\.)((?:@odata\.)?[^.[\]]+)(?:\[\d+\])*$/

/** Quotes a value, redacted (`shownAt`) and shortened. */
export function shown(value: Json | undefined, path: string): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(shownAt(MEMBER.exec(path)?.[1] ?? '', value))
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}… (${text.length} characters)` : text
}

/** Describes the differences between a message and the documented one, one line for each. */
export function describeDifferences(subject: string, found: readonly Difference[]): string {
  const lines = found.map(
    ({ path, expected, actual }) => `  ${path === '' ? 'the whole' : path}: documented ${expected}, received ${actual}`,
  )
  return [`${subject} differs from the documented one:`, ...lines].join('\n')
}
