// Cucumber's HTML report of a run: one self-contained file.
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CucumberHtmlStream } from '@cucumber/html-formatter'
import type { Envelope } from '@cucumber/messages'
import { withRunProblems } from './junit'

// The report renders these as markup: a log line as HTML, a list of addresses as links, which may be javascript: ones.
const RENDERED_AS_MARKUP = new Set(['text/x.cucumber.log+plain', 'text/uri-list'])

/**
 * Writes cucumber's HTML of a complete record (`completeRecord`).
 * Attachments that the report would render as markup are shown as the plain text they are: what came over the wire may be in them.
 */
export async function writeCucumberHtml(envelopes: Envelope[], file: string): Promise<void> {
  const harmless = withRunProblems(envelopes).map(asPlainText)
  await pipeline(Readable.from(harmless), new CucumberHtmlStream(), createWriteStream(file))
}

function asPlainText(envelope: Envelope): Envelope {
  const { attachment } = envelope
  return attachment && RENDERED_AS_MARKUP.has(attachment.mediaType)
    ? { attachment: { ...attachment, mediaType: 'text/plain' } }
    : envelope
}
