// One line per event while the standalone simulator runs: what the bot asked, what it was sent, what people did.
import type { JournalEntry } from '../runtime/journal'
import type { Paint } from './print'

/** Towards Graph, towards the bot, among people, what a reset gave up, and what an armed fault did. */
const MARKS: Readonly<Record<JournalEntry['kind'], string>> = {
  request: '→',
  delivery: '←',
  people: '·',
  discarded: '×',
  fault: '↯',
}

/** An entry of the journal as people read it; what was refused or did not arrive stands out, and otherwise where an armed fault is the cause. */
export function liveLine(entry: JournalEntry, paint: Paint): string {
  const time = new Date(entry.at).toTimeString().slice(0, 8)
  const line = `${MARKS[entry.kind]} ${entry.text}`
  const colour = entry.fault === undefined ? 'red' : 'magenta'
  return `  ${paint('gray', time)} ${wentWrong(entry) ? paint(colour, line) : line}`
}

/** Problems that no service was asked about, such as a client that does not trust the certificate. */
export function problemLine(text: string, paint: Paint): string {
  return `  ${paint('gray', new Date().toTimeString().slice(0, 8))} ${paint('red', `! ${text}`)}`
}

function wentWrong(entry: JournalEntry): boolean {
  switch (entry.kind) {
    case 'request':
      return (entry.request?.status ?? 0) >= 400
    case 'delivery':
      return entry.delivery?.outcome !== 'delivered'
    case 'people':
      return (entry.people?.reason ?? null) !== null
    case 'discarded':
      return false
    case 'fault':
      return true
  }
}
