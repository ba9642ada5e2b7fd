// The documented messages of fixtures/create-call: proves that they are unchanged and gives them out by example.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import {
  deepFreeze,
  FixtureError,
  type FixtureProblem,
  fitted,
  PROJECT_ROOT,
  readFixture,
  readText,
  readUnchecked,
  repeated,
  reportFault,
  shownFile,
} from './fixture'
import { isObject, type JsonObject } from './json'

export type ExampleNumber = 1 | 2 | 3 | 4 | 5 | 6
export type NotificationKind = 'establishing' | 'established' | 'roster'

/** One of the page's six examples, as printed. */
export interface DocumentedExample {
  readonly number: ExampleNumber
  /** Common beginning of its files' names. */
  readonly name: string
  /** Heading on the page. */
  readonly heading: string
  /** Names of permissions as this example spells them; empty where it names none. */
  readonly permissions: readonly string[]
  /** Application hosted media: with the printed blob in place of the page's placeholder. */
  readonly request: JsonObject
  /** Null where the page prints none (E-13). */
  readonly response: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: JsonObject
  } | null
  /** Only those that the page prints for this example. */
  readonly notifications: Readonly<Partial<Record<NotificationKind, JsonObject>>>
}

export interface Documented {
  readonly examples: ReadonlyMap<number, DocumentedExample>
  /** The printed media session, as the string value of `mediaConfig.blob`: itself the text of a JSON object. */
  readonly mediaBlob: string
}

const DOCUMENTED_FOLDER = path.join(PROJECT_ROOT, 'fixtures/create-call')
const SUMS_FILE = 'SHA256SUMS'
const BLOB_PLACEHOLDER = '<Media Session Configuration>'
// Examples 2 and 4: application hosted media.
const WITH_BLOB: ReadonlySet<number> = new Set([2, 4])
const EXAMPLE_NUMBERS: readonly number[] = [1, 2, 3, 4, 5, 6]

const fileName = z.string().regex(/^[a-z0-9.-]+$/, 'write the name of a file in this folder')
const message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('request'), file: fileName }),
  z.object({
    role: z.literal('response'),
    file: fileName,
    status: z.number().int(),
    headers: z.record(z.string(), z.string()),
  }),
  z.object({
    role: z.literal('notification'),
    file: fileName.regex(/\.notification-(establishing|established|roster)\.json$/, 'end it in .notification-KIND.json'),
  }),
])
const index = z.object({
  examples: z
    .array(
      z.object({
        name: z.string().regex(/^0[1-6]-/, 'begin it with the number of the example, 01- to 06-'),
        seed_heading: z.string().min(1),
        permissions_named_by_seed: z.array(z.string()),
        messages: z.array(message).superRefine((messages, context) => {
          const kind = (entry: (typeof messages)[number]) =>
            entry.role === 'notification' ? notificationKind(entry.file) : entry.role
          for (const at of repeated(messages, kind))
            reportFault(context, [at], { cause: 'repeats a message of this example', remedy: 'remove one of the two' })
          if (!messages.some(({ role }) => role === 'request'))
            reportFault(context, [], { cause: 'has no request', remedy: 'add the one that the page prints' })
        }),
        attachments: z.array(z.object({ file: fileName })).default([]),
      }),
    )
    .superRefine((examples, context) => {
      const numbers = examples.map(numberOf)
      if (numbers.join() !== EXAMPLE_NUMBERS.join())
        reportFault(context, [], { cause: `has the examples ${numbers.join(', ')}`, remedy: 'list examples 1 to 6 in order' })
    }),
})
type Index = z.output<typeof index>
type IndexedExample = Index['examples'][number]

const typed = (type: string) => z.literal(`#microsoft.graph.${type}`)
// Light on purpose: enough to notice that a file holds another role's message; SHA256SUMS guards every byte.
const SHAPES = {
  request: z.looseObject({ '@odata.type': typed('call'), callbackUri: z.string() }),
  response: z.looseObject({ '@odata.type': typed('call'), id: z.string() }),
  notification: z.looseObject({
    '@odata.type': typed('commsNotifications'),
    value: z
      .array(
        z.looseObject({
          '@odata.type': typed('commsNotification'),
          resource: z.string(),
          resourceData: z.union([z.looseObject({ id: z.string() }), z.array(z.looseObject({ id: z.string() }))]),
        }),
      )
      .min(1),
  }),
} as const

/**
 * The documented messages, deeply frozen.
 * @throws FixtureError when a file is changed, missing or not listed in SHA256SUMS, is no message of its role, or when a placeholder
 *   of the media blob is not where the page has it
 */
export function loadDocumented(folder: string = DOCUMENTED_FOLDER): Documented {
  verifySums(folder)
  const { examples } = readFixture(path.join(folder, 'index.json'), index)
  const mediaBlob = readBlob(folder, examples)
  const read = examples.map((example) => readExample(folder, example, mediaBlob))
  return Object.freeze({ examples: new Map(read.map((example) => [example.number, deepFreeze(example)])), mediaBlob })
}

function readExample(folder: string, example: IndexedExample, mediaBlob: string): DocumentedExample {
  const number = numberOf(example)
  // What is given out is the parsed file: a schema's output would have its members in another order than the page.
  const body = (role: keyof typeof SHAPES, name: string) => {
    const file = path.join(folder, name)
    const printed = readUnchecked(file)
    fitted(printed, file, SHAPES[role])
    return printed as JsonObject
  }
  const of = <Role extends keyof typeof SHAPES>(role: Role) =>
    example.messages.filter((entry): entry is Extract<typeof entry, { role: Role }> => entry.role === role)
  const [request] = of('request').map(({ file }) =>
    WITH_BLOB.has(number) ? withBlob(body('request', file), mediaBlob, path.join(folder, file)) : body('request', file),
  )
  const [response] = of('response').map(({ file, status, headers }) => ({ status, headers, body: body('response', file) }))
  const notifications = of('notification').map(({ file }) => [notificationKind(file), body('notification', file)])
  return {
    number,
    name: example.name,
    heading: example.seed_heading,
    permissions: example.permissions_named_by_seed,
    request: request as JsonObject,
    response: response ?? null,
    notifications: Object.fromEntries(notifications),
  }
}

function withBlob(request: JsonObject, blob: string, file: string): JsonObject {
  const media = request.mediaConfig
  if (isObject(media) && media.blob === BLOB_PLACEHOLDER) return { ...request, mediaConfig: { ...media, blob } }
  throw new FixtureError([
    {
      file: shownFile(file),
      path: 'mediaConfig.blob',
      cause: 'does not hold the placeholder of the page',
      remedy: `restore ${BLOB_PLACEHOLDER}: the printed blob replaces it on loading`,
    },
  ])
}

/** The attachment is the inside of a JSON string, quotes escaped, as the page prints it. */
function readBlob(folder: string, examples: Index['examples']): string {
  const attachments = examples.flatMap((example) => example.attachments.map(({ file }) => file))
  const [file, ...others] = attachments.filter((name) => name.endsWith('.media-blob.txt'))
  if (file === undefined || others.length > 0) {
    const fault = {
      cause: `name ${others.length > 0 ? 'several media blobs' : 'no media blob'}`,
      remedy: 'name one *.media-blob.txt',
    }
    throw new FixtureError([{ file: shownFile(path.join(folder, 'index.json')), path: 'examples[*].attachments', ...fault }])
  }
  const text = readText(path.join(folder, file)).replace(/\r?\n$/, '')
  try {
    return JSON.parse(`"${text}"`)
  } catch (error) {
    const cause = `is not the inside of a JSON string (${(error as Error).message})`
    throw new FixtureError([
      { file: shownFile(path.join(folder, file)), path: '', cause, remedy: 'escape its quotes as the page does' },
    ])
  }
}

function verifySums(folder: string): void {
  const problem = (name: string, cause: string, remedy: string, at = ''): FixtureProblem => {
    return { file: shownFile(path.join(folder, name)), path: at, cause, remedy }
  }
  const restore = 'restore it from git (git checkout): documented messages are never edited'
  const listed = new Map<string, string>()
  const problems = readText(path.join(folder, SUMS_FILE))
    .split('\n')
    .flatMap((line, at) => {
      const [, sum, name] = /^([0-9a-f]{64}) [ *](.+?)\r?$/.exec(line) ?? []
      if (sum !== undefined && name !== undefined) listed.set(name, sum)
      else if (line.trim() !== '') return [problem(SUMS_FILE, 'is no line of sha256sum', restore, `line ${at + 1}`)]
      return []
    })
  const present = new Set(readdirSync(folder).filter((name) => name !== SUMS_FILE))
  for (const [name, sum] of listed) {
    if (!present.has(name)) problems.push(problem(name, 'is missing', restore))
    else if (sumOf(path.join(folder, name)) !== sum) problems.push(problem(name, `differs from its sum in ${SUMS_FILE}`, restore))
  }
  for (const name of present) {
    if (!listed.has(name))
      problems.push(problem(name, `is not listed in ${SUMS_FILE}`, 'remove it: only documented messages live here'))
  }
  const [first, ...others] = problems
  if (first !== undefined) throw new FixtureError([first, ...others])
}

function sumOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

function numberOf({ name }: { readonly name: string }): ExampleNumber {
  return Number(name.slice(0, 2)) as ExampleNumber
}

function notificationKind(file: string): NotificationKind {
  return /notification-(\w+)\.json$/.exec(file)?.[1] as NotificationKind
}
