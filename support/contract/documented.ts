// The documented messages of an operation, from fixtures/REVISION/OPERATION: proves that they are unchanged, and reads what each example is about.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import {
  deepFreeze,
  FixtureError,
  type FixtureProblem,
  PROJECT_ROOT,
  readFixture,
  readText,
  readUnchecked,
  shownFile,
} from './fixture'
import { isObject, type JsonObject } from './json'
import { defaultRevision, type Revision, revisions } from './revisions'

/** One documented example: its messages as printed, and the facts that the suite needs to play it. */
export interface DocumentedExample {
  readonly number: number
  /** Heading on the page. */
  readonly heading: string
  /** The requirement that the example itself is. */
  readonly requirement: string
  /** Permissions that the bot must be granted. */
  readonly permissions: readonly string[]
  /** Key of the person that the request calls, and of the meeting that it joins. */
  readonly person: string | null
  readonly meeting: string | null
  readonly guest: boolean
  /** The example whose messages stand in where the page prints none (E-13); usually this one. */
  readonly like: number
  /** Errata that the comparison of the response, and that of the notifications, rely on. */
  readonly errata: { readonly response: readonly string[]; readonly notifications: readonly string[] }
  /** The printed media blob stands in place of the page's placeholder. */
  readonly request: JsonObject
  /** Null where the page prints none (E-13). */
  readonly response: { readonly status: number; readonly body: JsonObject } | null
  /** By kind, such as `establishing` or `roster`: only those that the page prints for this example. */
  readonly notifications: Readonly<Record<string, JsonObject>>
  /** A roster of another revision, whose participants stand in; null where none does. */
  readonly lent: JsonObject | null
}

/** The documented examples of one operation. */
export interface Documented {
  /** Name of its folder. */
  readonly operation: string
  /**
   * For an operation on a call: the segment of its path, and the words of the features for it ("the bot mutes itself"); null for create.
   */
  readonly onCall: { readonly path: string; readonly sentence: string } | null
  readonly examples: ReadonlyMap<number, DocumentedExample>
}

const [SUMS_FILE, EXAMPLES_FILE] = ['SHA256SUMS', 'examples.yaml']
const BLOB_PLACEHOLDER = '<Media Session Configuration>'

const numbers = z.array(z.string().regex(/^E-\d{2}$/, 'write E- and two digits'))
const example = z.strictObject({
  heading: z.string().min(1),
  requirement: z.string().min(1),
  permissions: z.array(z.string()).default([]),
  person: z.string().nullable().default(null),
  meeting: z.string().nullable().default(null),
  guest: z.boolean().default(false),
  like: z.int().optional(),
  status: z.int().optional(),
  /** Number in the names of its files, where that is not its own. */
  messages: z.int().optional(),
  /** Id of the revision whose request, and whose participants, stand in where the page's own are not at hand. */
  borrowed: z.string().optional(),
  errata: z.strictObject({ response: numbers, notifications: numbers }).default({ response: [], notifications: [] }),
})
const examplesFile = z.strictObject({
  onCall: z
    .strictObject({ path: z.string().min(1), sentence: z.string().min(1) })
    .nullable()
    .default(null),
  examples: z.record(z.string().regex(/^[1-9]\d?$/, 'write the number of an example'), example),
})

/** Operations with documented messages: the folders of a revision that have an examples.yaml. */
export function documentedOperations(revision: Revision = defaultRevision()): readonly string[] {
  const root = folderOf(revision)
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return folders.map(({ name }) => name).filter((name) => existsSync(path.join(root, name, EXAMPLES_FILE)))
}

const folderOf = ({ messages }: Revision) => path.join(PROJECT_ROOT, messages)

/** Requirements that are a documented example of creating a call in one of these revisions, in the order of the examples. */
export function exampleRequirements(of: readonly Revision[] = revisions()): readonly string[] {
  const examples = of.flatMap((revision) => [...loadDocumented('create-call', revision).examples.values()])
  return [...new Set(examples.map(({ requirement }) => requirement))]
}

/** The documented examples of an operation in a revision. @throws FixtureError as documentedIn */
export function loadDocumented(operation = 'create-call', revision: Revision = defaultRevision()): Documented {
  return documentedIn(path.join(folderOf(revision), operation))
}

/**
 * The documented examples of a folder, deeply frozen.
 * @throws FixtureError when a file is changed, missing or not listed in SHA256SUMS, is no message of its role, or belongs to no example
 */
export function documentedIn(root: string): Documented {
  const files = verifiedFiles(root)
  const { onCall, examples } = readFixture(path.join(root, EXAMPLES_FILE), examplesFile)
  const blob = blobOf(root, files)
  const read = Object.entries(examples).map(([key, { status, like, messages: ofFiles, borrowed, ...facts }]) => {
    const number = Number(key)
    const lender = borrowed === undefined ? null : (lent(root, borrowed, number) ?? fail(root, key, borrowed))
    // What is given out is the parsed file: a schema's output would have its members in another order than the page.
    const messages = files.flatMap((name) => {
      const [, of, role, kind] = /^(\d+)-.*\.(request|response|notification)(?:-([\w-]+))?\.json$/.exec(name) ?? []
      if (Number(of) !== (ofFiles ?? number)) return []
      return [{ role, kind: kind ?? '', body: readUnchecked(path.join(root, name)) as JsonObject }]
    })
    const of = (role: string) => messages.filter((one) => one.role === role)
    const [request, answer] = [of('request')[0]?.body ?? lender?.request, of('response')[0]]
    if (request === undefined || (answer === undefined) !== (status === undefined))
      throw problem(
        root,
        EXAMPLES_FILE,
        `examples["${key}"]`,
        'does not fit the files beside it',
        'give it a request, and a status if a response is printed',
      )
    const value: DocumentedExample = {
      number,
      like: like ?? number,
      ...facts,
      request: withBlob(request, blob),
      response: status === undefined || answer === undefined ? null : { status, body: answer.body },
      notifications: Object.fromEntries(of('notification').map(({ kind, body }) => [kind, body])),
      lent: lender?.notifications.roster ?? null,
    }
    return [number, deepFreeze(value)] as const
  })
  return Object.freeze({ operation: path.basename(root), onCall, examples: new Map(read) })
}

/** The `@odata.context` that the page "Get call" of a revision prints. */
export function printedContext(revision: Revision): string {
  const root = path.join(folderOf(revision), 'get-call')
  const [first = ''] = verifiedFiles(root).filter((name) => name.endsWith('.response.json'))
  const { '@odata.context': context } = readUnchecked(path.join(root, first)) as JsonObject
  return String(context)
}

/** The example of the same number of another revision. */
function lent(root: string, id: string, number: number): DocumentedExample | undefined {
  const revision = revisions().find((one) => one.id === id)
  return revision && loadDocumented(path.basename(root), revision).examples.get(number)
}

function fail(root: string, key: string, borrowed: string): never {
  const cause = `is ${borrowed}, which has no example ${key}`
  throw problem(root, EXAMPLES_FILE, `examples["${key}"].borrowed`, cause, 'write the id of a revision that has it')
}

function withBlob(request: JsonObject, blob: string): JsonObject {
  const media = request.mediaConfig
  return isObject(media) && media.blob === BLOB_PLACEHOLDER ? { ...request, mediaConfig: { ...media, blob } } : request
}

const BLOB = '02-p2p-app-media.media-blob.txt'

/** The printed media session: the inside of a JSON string, quotes escaped, as the page of 2019 prints it; later ones print none. */
function blobOf(root: string, files: readonly string[]): string {
  const file = files.includes(BLOB) ? path.join(root, BLOB) : path.join(folderOf(defaultRevision()), 'create-call', BLOB)
  return JSON.parse(`"${readText(file).replace(/\r?\n$/, '')}"`)
}

/** The files of documented messages. @throws FixtureError with every file that differs from its sum, is missing or is not listed */
function verifiedFiles(root: string): readonly string[] {
  const restore = 'restore it from git (git checkout): documented messages are never edited'
  const listed = new Map<string, string>()
  const faults = readText(path.join(root, SUMS_FILE))
    .split('\n')
    .flatMap((line, at) => {
      const [, sum, name] = /^([0-9a-f]{64}) [ *](.+?)\r?$/.exec(line) ?? []
      if (sum !== undefined && name !== undefined) listed.set(name, sum)
      else if (line.trim() !== '') return [problem(root, SUMS_FILE, `line ${at + 1}`, 'is no line of sha256sum', restore)]
      return []
    })
  const present = new Set(readdirSync(root).filter((name) => name !== SUMS_FILE && name !== EXAMPLES_FILE))
  for (const [name, sum] of listed) {
    if (!present.has(name)) faults.push(problem(root, name, '', 'is missing', restore))
    else if (sumOf(path.join(root, name)) !== sum)
      faults.push(problem(root, name, '', `differs from its sum in ${SUMS_FILE}`, restore))
  }
  for (const name of present) {
    if (!listed.has(name))
      faults.push(problem(root, name, '', `is not listed in ${SUMS_FILE}`, 'remove it: only documented messages live here'))
  }
  const [first, ...others] = faults.flatMap(({ problems }) => problems)
  if (first !== undefined) throw new FixtureError([first, ...others])
  return [...present].sort()
}

function problem(root: string, name: string, at: string, cause: string, remedy: string): FixtureError {
  const one: FixtureProblem = { file: shownFile(path.join(root, name)), path: at, cause, remedy }
  return new FixtureError([one])
}

function sumOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
