// Matches a table of rows with the received notifications. Notifications may repeat, rosters may grow, and some may change places.
import { type Change, describeChange, describeRoster } from './changes'
import { THE_BOT } from './setting'

/** One row of a table: a notification that the bot must receive. */
export interface Row {
  readonly of: Exclude<Change['of'], 'other'>
  readonly change: Change['change']
  /** State of the call, status of the operation, or the tone; null for a roster. */
  readonly state: string | null
  readonly who: readonly string[]
  /** Whether the bot is shown in the lobby. */
  readonly inLobby: boolean
}

export interface Match {
  /** For each row the changes that match it: the first, and its repeats. */
  readonly rows: readonly (readonly Change[])[]
  /** Changes that match no row: another resource, call or change type, a state that goes backwards, an unexpected participant. */
  readonly extra: readonly Change[]
}

const SUBJECTS: readonly Row['of'][] = ['call', 'roster', 'operation', 'tone']

/**
 * Matches rows and changes of one call. A repeat of the last row counts as that row; so does a roster that is still growing
 * towards its row. On a target that keeps no order, calls, rosters, operations and tones are matched separately, and establishing and
 * established may arrive in either order (documented since 2023).
 */
export function matchRows(rows: readonly Row[], changes: readonly Change[], callId: string | null, ordered: boolean): Match {
  const own = changes.filter((change) => change.callId === callId && change.of !== 'other')
  const foreign = changes.filter((change) => !own.includes(change))
  const lanes = ordered
    ? [lane(rows, own)]
    : SUBJECTS.map((of) =>
        lane(
          rows.filter((row) => row.of === of),
          unordered(own, of),
        ),
      )
  const fitting = new Map(lanes.flatMap((matched) => [...matched.fitting]))
  return {
    rows: rows.map((row) => fitting.get(row) ?? []),
    extra: [...lanes.flatMap(({ extra }) => extra), ...foreign].sort(
      (left, right) => changes.indexOf(left) - changes.indexOf(right),
    ),
  }
}

/** Whether every row has a notification. */
export function complete({ rows }: Match): boolean {
  return rows.every((changes) => changes.length > 0)
}

function lane(rows: readonly Row[], changes: readonly Change[]) {
  const fitting = new Map<Row, Change[]>()
  const extra: Change[] = []
  let at = -1
  for (const change of changes) {
    const last = repeatable(rows.slice(0, at + 1), change.of)
    const next = rows.findIndex((row, index) => index > at && fits(row, change))
    const repeated = last !== undefined && fits(last, change) ? fitting.get(last) : undefined
    if (repeated?.[0]?.which === change.which) repeated?.push(change)
    else if (next !== -1) {
      // The rows in between are missing; the rows after them are matched as usual.
      fitting.set(rows[next] as Row, [change])
      at = next
    } else if (!growsTowards(rows[at + 1], change)) extra.push(change)
  }
  return { fitting, extra }
}

/** The row that may be repeated now: a state also after its roster, a roster also after the next state, but nothing after the end. */
function repeatable(matched: readonly Row[], of: Change['of']): Row | undefined {
  const last = matched.at(-1)
  // A completed operation is deleted too; its call goes on.
  return last?.change === 'deleted' && last.of !== 'operation' ? last : matched.findLast((row) => row.of === of)
}

/** Puts the first establishing first: without an order it may arrive after established, but not after terminated. */
function unordered(changes: readonly Change[], of: Row['of']): readonly Change[] {
  const own = changes.filter((change) => change.of === of)
  const first = own.findIndex(({ state }) => state === 'establishing' || state === 'terminated')
  return first <= 0 || own[first]?.state === 'terminated' ? own : [own[first] as Change, ...own.filter((_, at) => at !== first)]
}

function fits(row: Row, { of, change, state, seen }: Change): boolean {
  if (of !== row.of || change !== row.change) return false
  if (of !== 'roster') return state === row.state
  return (
    seen.length === row.who.length &&
    row.who.every((name) => seen.some((one) => one.name === name)) &&
    seen.every((one) => one.inLobby === lobbyOf(row, one.name))
  )
}

/** Whether a roster grows towards a row: it has no unexpected participant, and some are still missing. */
function growsTowards(row: Row | undefined, { of, change, seen }: Change): boolean {
  if (row === undefined || of !== 'roster' || row.of !== 'roster' || change !== row.change) return false
  return seen.every(({ name, inLobby }) => row.who.includes(name) && inLobby === lobbyOf(row, name))
}

function lobbyOf(row: Row, name: string): boolean {
  return name === THE_BOT && row.inLobby
}

/** Describes in one line what a row expects. */
export function describeRow({ of, change, state, who, inLobby }: Row): string {
  if (of !== 'roster') return `${of} ${change}, ${state}`
  return `roster ${change}, ${describeRoster(who.map((name) => ({ name, inLobby: name === THE_BOT && inLobby })))}`
}

/**
 * Describes which rows are missing and which notifications are unexpected, with both sequences below each other.
 * @param when ends the sentence about a missing row: "after 60 s"
 */
export function describeSequence(
  rows: readonly Row[],
  { rows: matched, extra }: Match,
  changes: readonly Change[],
  callId: string | null,
  when: string,
): string {
  const missing = rows.filter((_, at) => matched[at]?.length === 0)
  const summary = [
    ...missing.map((row) => `"${describeRow(row)}" is missing ${when}`),
    ...extra.map((change) => `unexpected notification: ${describeChange(change, callId)}`),
  ].join('; ')
  const documented = rows.map((row) => (missing.includes(row) ? `  ✗ ${describeRow(row)}: missing` : `  ✓ ${describeRow(row)}`))
  // By what was received: a change that was read twice is two objects.
  const isExtra = (change: Change) => extra.some(({ raw }) => raw === change.raw)
  const received = changes.map((change) => `  ${isExtra(change) ? '✗' : ' '} ${describeChange(change, callId)}`)
  if (received.length === 0) received.push('    nothing')
  return [`notifications: ${summary}`, 'documented:', ...documented, 'received:', ...received].join('\n')
}
