// Reads the text of a failure back: the sequences of a table of notifications side by side, or the members that differ.

export interface SequenceRow {
  readonly text: string
  /** The row that is missing, or the notification that fits nowhere. */
  readonly wrong: boolean
}

export interface DifferingMember {
  readonly path: string
  readonly expected: string
  readonly actual: string
}

/** What a failure says, in parts; the parts that it does not have are empty. */
export interface FailureText {
  /** The first line. */
  readonly summary: string
  readonly documented: readonly SequenceRow[]
  readonly received: readonly SequenceRow[]
  readonly members: readonly DifferingMember[]
  /** Further lines that have no known form. */
  readonly others: readonly string[]
}

const MEMBER = /^ {2}(\S+|the whole): documented (.*?), received (.*)$/
const ROW = /^ {2}([✓✗ ]) (.*)$/
const SUBJECT = /^(.*) differs from the documented one:$/

/** @param reason as `describeSequence` and `describeDifferences` of the judge write it, or any other sentence */
export function readFailure(reason: string): FailureText {
  const [summary = '', ...lines] = reason.split('\n')
  const parts = { documented: [] as SequenceRow[], received: [] as SequenceRow[] }
  const members: DifferingMember[] = []
  const others: string[] = []
  let list: SequenceRow[] | null = null
  for (const line of lines) {
    const [, path, expected, actual] = MEMBER.exec(line) ?? []
    const [, mark, text] = ROW.exec(line) ?? []
    if (line === 'documented:' || line === 'received:') list = line === 'documented:' ? parts.documented : parts.received
    else if (list !== null && text !== undefined)
      list.push({ text: mark === '✗' ? text.replace(/: missing$/, '') : text, wrong: mark === '✗' })
    else if (path !== undefined && expected !== undefined && actual !== undefined) members.push({ path, expected, actual })
    else if (line.trim() !== '') others.push(line.trim())
  }
  const nothing = parts.received.length === 1 && parts.received[0]?.text.trim() === 'nothing'
  return { summary, documented: parts.documented, received: nothing ? [] : parts.received, members, others }
}

/** What is compared, as in "the answer to example 1"; null where the failure is of another kind. */
export function subjectOf({ summary }: FailureText): string | null {
  return SUBJECT.exec(summary)?.[1] ?? null
}

/**
 * What failures of one cause have in common: without ids, numbers of examples and names of people's calls, so that one deviation that shows
 * in many scenarios is one group.
 */
export function causeTitle(failure: FailureText): string {
  const { summary, members } = failure
  if (members.length > 0) {
    const kind = /notification|roster/.test(summary) ? (/roster/.test(summary) ? 'the roster' : 'a notification') : 'the answer'
    const paths = [...new Set(members.map(({ path }) => path.replace(/\[\d+\]/g, '[…]')))]
    return `${kind} differs at ${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ` and ${paths.length - 3} more` : ''}`
  }
  return summary
    .replace(/^call \d+ of \d+: /, '')
    .replace(/^notifications: /, '')
    .replace(/ after \d+(\.\d+)? s/g, '')
    .replace(/ in the quiet period/g, '')
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '…')
    .replace(/\bexample \d+/g, 'the example')
}
