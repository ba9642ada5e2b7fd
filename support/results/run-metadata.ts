// What the record says of the run as a whole, so that a verdict can be made from the record alone, also after a kill.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AttachmentContentEncoding, type Envelope } from '@cucumber/messages'
import { z } from 'zod'
import { baselineSchema } from '../contract/baseline'
import { PROJECT_ROOT } from '../contract/fixture'
import { verdictSchema } from '../contract/verdict'

/** File name of the attachment of the run in the record. */
const CONTEXT_FILE = 'run.json'

const contextSchema = verdictSchema.pick({ suite: true, target: true, selection: true, strict: true }).extend({
  /** Settings of the run that may be shown, by name. */
  configuration: z.record(z.string(), z.string()).default({}),
  /** Whether ids and names were replaced, by others in each run. */
  pseudonymised: z.boolean().default(false),
  /** The known differences as they were read: the file may have changed by the time that a report is made again. */
  baseline: baselineSchema.nullable().default(null),
})
export type RunContext = z.infer<typeof contextSchema>

/** The message that carries the context; it follows the start of the run. */
export function contextMessage(context: RunContext, testRunStartedId: string | undefined): Envelope {
  return {
    attachment: {
      body: JSON.stringify(context),
      contentEncoding: AttachmentContentEncoding.IDENTITY,
      mediaType: 'application/json',
      fileName: CONTEXT_FILE,
      ...(testRunStartedId === undefined ? {} : { testRunStartedId }),
    },
  }
}

/** The context that a record carries; null when the run ended before it was written. */
export function contextOf(envelopes: readonly Envelope[]): RunContext | null {
  const found = envelopes.find(
    ({ attachment }) => attachment?.fileName === CONTEXT_FILE && attachment.testCaseStartedId === undefined,
  )
  return found?.attachment === undefined ? null : contextSchema.parse(JSON.parse(found.attachment.body))
}

/** The version of the suite that wrote a record, also of one whose context this suite cannot read; null where the record does not say. */
export function versionOf(envelopes: readonly Envelope[]): string | null {
  const found = envelopes.find(
    ({ attachment }) => attachment?.fileName === CONTEXT_FILE && attachment.testCaseStartedId === undefined,
  )
  const version = found?.attachment && (JSON.parse(found.attachment.body) as { suite?: { version?: unknown } }).suite?.version
  return typeof version === 'string' ? version : null
}

const packageSchema = z.object({ name: z.string(), version: z.string() })

/** Name, version and commit of the suite; the commit is null outside of a checkout. */
export function suiteIdentity(): RunContext['suite'] {
  const { name, version } = packageSchema.parse(JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')))
  return { name, version, commit: commit() }
}

let commitOfCheckout: string | null | undefined

/** Asked of git once per process: starting a program from a large process takes long. */
function commit(): string | null {
  if (commitOfCheckout === undefined) commitOfCheckout = askGit()
  return commitOfCheckout
}

function askGit(): string | null {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: PROJECT_ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return null
  }
}
