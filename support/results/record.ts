// Writes and reads the record of a run: cucumber's messages, one a line, redacted on the way. Every report is made from it.
import { appendFileSync, closeSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Attachment, AttachmentContentEncoding, type Envelope } from '@cucumber/messages'
import { UsageError } from '../contract/command-line'
import { withSlashes } from '../contract/fixture'
import { makeFolder } from '../contract/folders'
import { contentOf } from './read-messages'
import { withoutMachinePaths } from './redaction/machine-paths'

interface Record {
  /**
   * Redacts and writes one message before it returns, so that a kill loses nothing that was appended; after `close` it writes nothing.
   * @returns the message as it was written, for the verdict and the reports
   */
  append(envelope: Envelope): Envelope
  close(): void
}

/**
 * Starts a new record in `file`, replacing what was there; makes the folder when it is missing.
 * @param redact redacts a text of the run, paths of the machine included
 * @param onUnwritten is called once, with why a message cannot be written; from then on nothing is written. An error thrown by `append`
 * would end cucumber before it has hung up any call
 */
export function openRecord(file: string, redact: Redact, onUnwritten: (error: unknown) => void): Record {
  makeFolder(dirname(file))
  const descriptor = openSync(file, 'w')
  let open = true
  let writes = true
  const write = (line: string) => {
    try {
      appendFileSync(descriptor, line)
    } catch (error) {
      writes = false
      onUnwritten(error)
    }
  }
  return {
    append(envelope) {
      const written = redacted(envelope, redact)
      if (writes) write(`${JSON.stringify(written)}\n`)
      return written
    },
    close() {
      if (open) closeSync(descriptor)
      open = false
      writes = false
    },
  }
}

/**
 * The messages in `file`. The last line may be torn by a kill and is then left out.
 * @throws UsageError when there is no such file, or when another line than the last is no message.
 */
export function readRecord(file: string): Envelope[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new UsageError(`There is no record of a run at ${file}: run "npm run conformance" first.`, { cause })
  }
  const lines = text.split('\n')
  const last = lines.findLastIndex((line) => line.trim() !== '')
  const envelopes: Envelope[] = []
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '') continue
    const envelope = parseMessage(line)
    if (envelope) envelopes.push(envelope)
    else if (at !== last) {
      const remedy = 'the record is damaged, run "npm run conformance" again.'
      throw new UsageError(`Line ${at + 1} of ${file} is no message of cucumber: ${remedy}`)
    }
  }
  return envelopes
}

function parseMessage(line: string): Envelope | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Envelope) : undefined
  } catch {
    return undefined
  }
}

/** Messages that hold only features and source, and so no secret of a run: at most paths of the machine. */
const FROM_THE_PROJECT =
  `source gherkinDocument pickle testCase testCaseStarted testCaseFinished testStepStarted stepDefinition hook
  parameterType undefinedParameterType suggestion testRunStarted testRunHookStarted`.split(/\s+/)

/** Ids that cucumber makes: messages refer to each other by them. */
const REFERENCE = /^(?:id|\w+Ids?)$/

type Redact = (text: string) => string

/** Redacts a message of cucumber, kind by kind. */
export function redacted(envelope: Envelope, redact: Redact): Envelope {
  const [[kind, content] = ['', null]] = Object.entries(envelope)
  if (envelope.meta) return { meta: metaOf(envelope.meta) }
  if (FROM_THE_PROJECT.includes(kind)) return { [kind]: walked(content, withoutMachinePaths) }
  if (envelope.attachment) return { attachment: attachmentOf(envelope.attachment, redact) }
  return { [kind]: walked(content, redact) }
}

/** Leaves out the build server's addresses and branches, which come from the environment, and the kernel, which may be named after its machine. */
function metaOf({ protocolVersion, implementation, runtime, os, cpu }: NonNullable<Envelope['meta']>): Envelope['meta'] {
  return { protocolVersion, implementation, runtime, os: { name: os.name }, cpu: { name: cpu.name } }
}

function walked<Value>(value: Value, redact: Redact, name = ''): Value {
  if (typeof value === 'string')
    return (REFERENCE.test(name) ? value : redact(name === 'uri' ? withSlashes(value) : value)) as Value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((entry) => walked(entry, redact, name)) as Value
  return Object.fromEntries(Object.entries(value).map(([member, entry]) => [member, walked(entry, redact, member)])) as Value
}

function attachmentOf(attachment: Attachment, redact: Redact): Attachment {
  const { body: _, contentEncoding, ...rest } = attachment
  const others = walked(rest, redact)
  const bytes = contentOf(attachment)
  const text = bytes.toString()
  if (!Buffer.from(text).equals(bytes)) {
    const mediaType = 'text/plain'
    return {
      ...others,
      mediaType,
      contentEncoding: AttachmentContentEncoding.IDENTITY,
      body: `‹${bytes.length} bytes, not shown›`,
    }
  }
  const shown = bodyOf(text, attachment.mediaType, redact)
  const encoding = contentEncoding === AttachmentContentEncoding.BASE64 ? 'base64' : 'utf8'
  return { ...others, contentEncoding, body: Buffer.from(shown).toString(encoding) }
}

/** Redacts JSON string by string, so that it stays JSON. Here ids are values like others. */
function bodyOf(text: string, mediaType: string, redact: Redact): string {
  if (!/^application\/json\b/.test(mediaType)) return redact(text)
  try {
    const value: unknown = JSON.parse(text)
    const shown = JSON.stringify(everywhere(value, redact))
    return shown === JSON.stringify(value) ? text : shown
  } catch {
    return redact(text)
  }
}

function everywhere(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((entry) => everywhere(entry, redact))
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [redact(name), everywhere(entry, redact)]))
}
