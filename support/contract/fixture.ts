// Reads a fixture (YAML or JSON), checks its shape, and says in one sentence per problem which file, which place and what to write.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { BoundedCache } from './bounded-cache'

/** The folder that holds package.json; fixtures are named relative to it. */
export const PROJECT_ROOT = path.resolve(__dirname, '../..')

/** What is wrong, as the end of a sentence whose subject is the place, and what to write instead. */
export interface CauseAndRemedy {
  readonly cause: string
  readonly remedy: string
}

/** A fault and where it is. */
export interface FixtureProblem extends CauseAndRemedy {
  /** As a reader would type it: relative to the project root where it lies inside, absolute elsewhere. */
  readonly file: string
  /** Place inside the file, such as `requirements[3].level`; empty for the file as a whole. */
  readonly path: string
}

/**
 * A fixture cannot be used. The message has one line per problem; `file` and `path` are those of the first.
 */
export class FixtureError extends Error {
  override readonly name = 'FixtureError'
  readonly file: string
  readonly path: string
  readonly problems: readonly FixtureProblem[]

  constructor(problems: readonly [FixtureProblem, ...FixtureProblem[]]) {
    super(problems.map(sentence).join('\n'))
    this.file = problems[0].file
    this.path = problems[0].path
    this.problems = problems
  }
}

/** A path as every output prints it: with forward slashes, also on Windows. */
export function withSlashes(file: string, separator: string = path.sep): string {
  return file.split(separator).join('/')
}

/** The name of a file for people: relative to the project root where it lies inside, with forward slashes. */
export function shownFile(file: string): string {
  const relative = path.relative(PROJECT_ROOT, path.resolve(file))
  return relative.startsWith('..') || path.isAbsolute(relative) ? file : withSlashes(relative)
}

/**
 * The content of a .yaml, .yml or .json file, as the schema gives it out.
 * @throws FixtureError when the file cannot be read, is not well-formed (a repeated key in YAML included), or does not fit the
 *   schema; all misfits at once
 */
export function readFixture<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> {
  return fitted(readUnchecked(file), file, schema)
}

/** The content of a .yaml, .yml or .json file as it stands, members in the order of the file. @throws FixtureError as readFixture */
export function readUnchecked(file: string): unknown {
  const text = readText(file)
  return path.extname(file) === '.json' ? parseJson(text, shownFile(file)) : parseYaml(text, shownFile(file))
}

/** What the schema makes of a value from a file. @throws FixtureError with every misfit */
export function fitted<Schema extends z.ZodType>(value: unknown, file: string, schema: Schema): z.output<Schema> {
  const checked = schema.safeParse(value, { reportInput: true })
  if (checked.success) return checked.data
  const [first, ...others] = checked.error.issues.flatMap((issue) => problemsOf(issue, shownFile(file)))
  if (first === undefined) throw checked.error
  throw new FixtureError([first, ...others])
}

/** The text of a file as UTF-8. @throws FixtureError when it is missing or unreadable */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const fault =
      code === 'ENOENT'
        ? { cause: 'does not exist', remedy: 'create it or correct its name' }
        : { cause: `cannot be read (${code})`, remedy: 'make it a file that this user may read' }
    throw new FixtureError([{ file: shownFile(file), path: '', ...fault }])
  }
}

/** For a zod refinement: reports a fault at a place below the value that is being refined. */
export function reportProblem(context: z.core.$RefinementCtx, at: (string | number)[], fault: CauseAndRemedy): void {
  context.addIssue({ code: 'custom', path: at, message: fault.cause, params: { remedy: fault.remedy } })
}

/** The indices of entries whose key has come before, for a zod refinement that wants unique ones. */
export function repeated<Entry>(entries: readonly Entry[], key: (entry: Entry) => unknown): number[] {
  const seen = new Set<unknown>()
  return entries.flatMap((entry, at) => {
    const found = seen.has(key(entry))
    seen.add(key(entry))
    return found ? [at] : []
  })
}

/** A schema for a list of one entry or more that have distinct ids. */
export function distinct<Entry extends z.ZodType<{ readonly id: string }>>(entry: Entry, remedy: string) {
  return z
    .array(entry)
    .min(1)
    .superRefine((entries, context) => {
      for (const at of repeated(entries, ({ id }) => id))
        reportProblem(context, [at, 'id'], { cause: `repeats ${entries[at]?.id}`, remedy })
    })
}

/** A value of plain objects and arrays that nothing may change. */
export type Frozen<Value> = Value extends object ? { readonly [Member in keyof Value]: Frozen<Value[Member]> } : Value

/** Freezes a value of plain objects and arrays all the way down. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.values(value).forEach(deepFreeze)
  return Object.freeze(value)
}

function sentence(problem: FixtureProblem): string {
  return `${problem.file}: ${problem.path || 'the file'} ${problem.cause}; ${problem.remedy}.`
}

/** By text: one process may make many runs, and parsing YAML takes longer than any of them needs to begin. */
const parsed = new BoundedCache<string, unknown>(32)

function parseYaml(text: string, file: string): unknown {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const value = deepFreeze(parseNewYaml(text, file))
  parsed.set(text, value)
  return value
}

function parseNewYaml(text: string, file: string): unknown {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const [first, ...others] = [...document.errors, ...document.warnings].map((error) =>
    syntaxProblem(file, lines.linePos(error.pos[0]).line, error.message),
  )
  if (first !== undefined) throw new FixtureError([first, ...others])
  try {
    return document.toJS()
  } catch (error) {
    const problem = { file, path: '', cause: `cannot be resolved (${(error as Error).message})` }
    throw new FixtureError([{ ...problem, remedy: 'write the values out instead of referring to an anchor' }])
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = (error as Error).message
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? (/end of JSON/.test(message) ? text.length : 0))
    throw new FixtureError([syntaxProblem(file, text.slice(0, position).split('\n').length, message)])
  }
}

function syntaxProblem(file: string, line: number, message: string): FixtureProblem {
  const cause = `is not well-formed (${message.trim().replace(/\s+/g, ' ')})`
  return { file, path: `line ${line}`, cause, remedy: 'correct the syntax there' }
}

type Issue = z.core.$ZodIssue
type Code = NonNullable<Issue['code']>

const NOUNS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of named values',
  record: 'a group of named values',
  null: 'null',
  undefined: 'nothing',
}

// The wording of each kind of misfit. Values are shown only where the choice is a closed list: elsewhere one may be a secret.
const FAULTS: { readonly [Kind in Code]?: (issue: Extract<Issue, { code: Kind }>) => CauseAndRemedy } = {
  invalid_type: (issue) => {
    const wanted = NOUNS[issue.expected] ?? issue.expected
    const quotes = issue.expected === 'string' && issue.input !== null && typeof issue.input !== 'object'
    return issue.input === undefined
      ? { cause: 'is missing', remedy: `write ${wanted}` }
      : { cause: `is ${kindOf(issue.input)}`, remedy: quotes ? 'put it in quotes, it is text' : `write ${wanted}` }
  },
  invalid_value: (issue) => ({
    cause: issue.input === undefined ? 'is missing' : `is ${shortly(issue.input)}`,
    remedy: `write ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`,
  }),
  too_small: (issue) => ({ cause: 'is too small or empty', remedy: `write ${issue.minimum} or more` }),
  too_big: (issue) => ({ cause: 'is too large', remedy: `write ${issue.maximum} or fewer` }),
  invalid_format: (issue) => ({ cause: 'does not have the right form', remedy: issue.message }),
  custom: (issue) => ({ cause: issue.message, remedy: String(issue.params?.remedy ?? 'correct it') }),
}

function problemsOf(issue: Issue, file: string, above: readonly PropertyKey[] = []): FixtureProblem[] {
  const at = [...above, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    const fault = { cause: 'is not known here', remedy: 'remove it or correct its spelling' }
    return issue.keys.map((key) => ({ file, path: placeOf([...at, key]), ...fault }))
  }
  if (issue.code === 'invalid_key') return issue.issues.flatMap((inner) => problemsOf(inner, file, at))
  if (issue.code === 'invalid_union' && issue.errors.length > 0)
    return nearest(issue).flatMap((inner) => problemsOf(inner, file, at))
  const word = FAULTS[issue.code] as ((issue: Issue) => CauseAndRemedy) | undefined
  const fault = word?.(issue) ?? { cause: `does not fit (${issue.message})`, remedy: 'correct it' }
  return [{ file, path: placeOf(at), ...fault }]
}

/** Of the forms that a union allows, the complaints of the one that the value comes closest to. */
function nearest(issue: Extract<Issue, { code: 'invalid_union' }>): readonly Issue[] {
  const ofAnotherKind = ({ code, path }: Issue) => path.length === 0 && (code === 'invalid_type' || code === 'invalid_value')
  const forms = issue.errors as readonly Issue[][]
  const ofItsKind = forms.filter((issues) => !issues.some(ofAnotherKind))
  return [...(ofItsKind.length > 0 ? ofItsKind : forms)].sort((left, right) => left.length - right.length)[0] ?? []
}

function placeOf(at: readonly PropertyKey[]): string {
  return at.map(String).reduce((place, step) => {
    if (/^\d+$/.test(step)) return `${place}[${step}]`
    if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(step)) return `${place}[${JSON.stringify(step)}]`
    return place === '' ? step : `${place}.${step}`
  }, '')
}

function kindOf(value: unknown): string {
  return NOUNS[value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value] ?? typeof value
}

function shortly(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}

/** Reads when first asked, and gives the same value from then on. What a module reads while it loads, no command can report. */
export function once<Value>(read: () => Value): () => Value {
  let kept: { readonly value: Value } | null = null
  return () => {
    kept ??= { value: read() }
    return kept.value
  }
}
