// The revisions of the calling API: each root with the pages that a target is held to under it (fixtures/revisions.yaml).
import path from 'node:path'
import { z } from 'zod'
import { deepFreeze, distinct, once, PROJECT_ROOT, readFixture } from './fixture'

const text = z.string().min(1)

const revision = z.strictObject({
  id: z.string().regex(/^[\w.-]+$/, 'write letters, digits, dots and hyphens, such as v1.0'),
  /** The path of calls: it chooses the revision. */
  callsPath: z.string().regex(/^\/[\w.]+\/\w+\/calls$/, 'write version and segment, such as /v1.0/communications/calls'),
  /** Folder of the documented messages, relative to the project. */
  messages: text,
  pages: z
    .array(
      z.strictObject({
        title: text,
        date: z.string().regex(/^\d{4}(-\d{2}){0,2}$/, 'write a date such as "2019-11-05"'),
        source: text,
      }),
    )
    .min(1),
})

/** What a target is held to under one root of calls. */
export type Revision = z.infer<typeof revision>

const revisionsFile = z.strictObject({ revisions: distinct(revision, 'give each revision an id of its own') })

const FILE = path.join(PROJECT_ROOT, 'fixtures/revisions.yaml')

/** The revisions in the order of the file, the default first. @throws FixtureError for a file that cannot be used */
export function loadRevisions(file: string = FILE): readonly Revision[] {
  return deepFreeze(readFixture(file, revisionsFile)).revisions
}

/** The revisions of the project, the default first. Read when first asked for, so that a run can report a broken file. */
export const revisions = once(() => loadRevisions())

/** The revision of the page "Create call" of November 2019. */
export const defaultRevision = (): Revision => revisionOf(DEFAULT_CALLS_PATH)

/** The paths of calls, that of the default revision first. */
export function callsPaths(): readonly string[] {
  return revisions().map(({ callsPath }) => callsPath)
}

/** The path of calls where nothing else is asked for. */
export const DEFAULT_CALLS_PATH = '/beta/app/calls'

/** The revision of a path of calls. @throws Error for a path that none has */
export function revisionOf(callsPath: string): Revision {
  const found = revisions().find((one) => one.callsPath === callsPath)
  if (found === undefined) throw new Error(`no revision has the path ${callsPath}: use one of ${callsPaths().join(', ')}`)
  return found
}
