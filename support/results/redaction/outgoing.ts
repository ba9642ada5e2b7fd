// What of a message of cucumber may go into the record, kind by kind: everything else that a run makes is made from the record.
import { AttachmentContentEncoding, type Envelope } from '@cucumber/messages'
import { withSlashes } from '../../contract/fixture'
import { withoutMachinePaths } from './machine-paths'

/** Told from the features and the source, where nothing of a run is: only paths of the machine could be in them. */
const FROM_THE_PROJECT: ReadonlySet<string> = new Set([
  'source',
  'gherkinDocument',
  'pickle',
  'testCase',
  'testCaseStarted',
  'testCaseFinished',
  'testStepStarted',
  'stepDefinition',
  'hook',
  'parameterType',
  'undefinedParameterType',
  'suggestion',
  'testRunStarted',
  'testRunHookStarted',
] satisfies readonly (keyof Envelope)[])

/** By which messages find each other; cucumber makes them. */
const REFERENCE = /^(?:id|\w+Ids?)$/

type Show = (text: string) => string

/**
 * A message as it may be kept and shown.
 * @param show what of a text that a run made may be shown
 */
export function outgoing(envelope: Envelope, show: Show): Envelope {
  const [[kind, content] = ['', null]] = Object.entries(envelope)
  if (envelope.meta) return { meta: metaOf(envelope.meta) }
  if (FROM_THE_PROJECT.has(kind)) return { [kind]: walked(content, withoutMachinePaths) }
  if (envelope.attachment) return { attachment: attachmentOf(envelope.attachment, show) }
  return { [kind]: walked(content, show) }
}

/** What ran, and on what: the build server's addresses and branches come from the environment, and a kernel may be named after its machine. */
function metaOf({ protocolVersion, implementation, runtime, os, cpu }: NonNullable<Envelope['meta']>): Envelope['meta'] {
  return { protocolVersion, implementation, runtime, os: { name: os.name }, cpu: { name: cpu.name } }
}

function walked<Value>(value: Value, show: Show, name = ''): Value {
  if (typeof value === 'string')
    return (REFERENCE.test(name) ? value : show(name === 'uri' ? withSlashes(value) : value)) as Value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((entry) => walked(entry, show, name)) as Value
  return Object.fromEntries(Object.entries(value).map(([member, entry]) => [member, walked(entry, show, member)])) as Value
}

type Attachment = NonNullable<Envelope['attachment']>

function attachmentOf(attachment: Attachment, show: Show): Attachment {
  const { body, contentEncoding, ...rest } = attachment
  const told = walked(rest, show)
  const encoded = contentEncoding === AttachmentContentEncoding.BASE64
  const bytes = Buffer.from(body, encoded ? 'base64' : 'utf8')
  const text = bytes.toString()
  if (!Buffer.from(text).equals(bytes)) {
    const mediaType = 'text/plain'
    return { ...told, mediaType, contentEncoding: AttachmentContentEncoding.IDENTITY, body: `‹${bytes.length} bytes, not shown›` }
  }
  const shown = bodyOf(text, attachment.mediaType, show)
  return { ...told, contentEncoding, body: encoded ? Buffer.from(shown).toString('base64') : shown }
}

/** JSON stays JSON: its strings are looked at one by one. Here ids are values like others. */
function bodyOf(text: string, mediaType: string, show: Show): string {
  if (!/^application\/json\b/.test(mediaType)) return show(text)
  try {
    const value: unknown = JSON.parse(text)
    const shown = JSON.stringify(everywhere(value, show))
    return shown === JSON.stringify(value) ? text : shown
  } catch {
    return show(text)
  }
}

function everywhere(value: unknown, show: Show): unknown {
  if (typeof value === 'string') return show(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((entry) => everywhere(entry, show))
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [show(name), everywhere(entry, show)]))
}
