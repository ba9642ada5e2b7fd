// What a comparison found, in lines for a person: differences member by member, and two sequences side by side.
import { type Change, told } from './changes'
import type { Difference } from './pattern'
import { asked, type Match, type Row } from './sequence'

export function differencesTold(subject: string, found: readonly Difference[]): string {
  const lines = found.map(
    ({ path, expected, actual }) => `  ${path === '' ? 'the whole' : path}: documented ${expected}, came ${actual}`,
  )
  return [`${subject} differs from the documented one:`, ...lines].join('\n')
}

/**
 * What a table asks for with what has come of it, and what came besides.
 * @param when ends the sentence of what did not come: "within 60 s"
 */
export function sequenceTold(
  rows: readonly Row[],
  { rows: matched, extra }: Match,
  changes: readonly Change[],
  callId: string | null,
  when: string,
): string {
  const missing = rows.filter((_, at) => matched[at]?.length === 0)
  const summary = [
    ...missing.map((row) => `"${asked(row)}" did not come ${when}`),
    ...extra.map((change) => `"${told(change, callId)}" came besides`),
  ].join('; ')
  const lines = rows.map((row) => (missing.includes(row) ? `  ✗ ${asked(row)}: missing` : `  ✓ ${asked(row)}`))
  const received = changes.map((change) => `  ${extra.includes(change) ? '✗' : ' '} ${told(change, callId)}`)
  return [
    `notifications: ${summary}`,
    'documented:',
    ...lines,
    'received:',
    ...(received.length === 0 ? ['    nothing'] : received),
  ].join('\n')
}
