// Sequences of notifications: a table of rows against what came, with what may repeat, grow or change places.
import { type Change, rosterTold } from './changes'
import { THE_BOT } from './setting'

/** One row of a table: what the bot must be notified of. */
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
  /** For each row the changes that fit it: the first, and its repeats. */
  readonly rows: readonly (readonly Change[])[]
  /** What fits no row: another resource, call or change type, a state that goes backwards, somebody who should not be there. */
  readonly extra: readonly Change[]
}

const SUBJECTS: readonly Row['of'][] = ['call', 'roster', 'operation', 'tone']

/**
 * Matches rows and changes of one call. A repeat of the last row folds into it; so does a roster that is still growing
 * towards its row. On a target that keeps no order, calls, rosters, operations and tones are matched apart, and establishing and
 * established may come in either order (documented since 2023).
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

/** Whether every row has come. */
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
      // Rows that are passed over have not come: what follows them is judged for itself.
      fitting.set(rows[next] as Row, [change])
      at = next
    } else if (!growsTowards(rows[at + 1], change)) extra.push(change)
  }
  return { fitting, extra }
}

/** The row that may be repeated now: a state also after its roster, a roster also after the next state, but nothing after the end. */
function repeatable(come: readonly Row[], of: Change['of']): Row | undefined {
  const last = come.at(-1)
  // An operation that is over is deleted too; the call goes on.
  return last?.change === 'deleted' && last.of !== 'operation' ? last : come.findLast((row) => row.of === of)
}

/** The first establishing is put first: that it came after established says nothing where no order is kept. After terminated it does. */
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

/** Whether a roster is on its way to a row: nobody on it who should not be there, somebody still missing. */
function growsTowards(row: Row | undefined, { of, change, seen }: Change): boolean {
  if (row === undefined || of !== 'roster' || row.of !== 'roster' || change !== row.change) return false
  return seen.every(({ name, inLobby }) => row.who.includes(name) && inLobby === lobbyOf(row, name))
}

function lobbyOf(row: Row, name: string): boolean {
  return name === THE_BOT && row.inLobby
}

/** One line for a person: what a row asks for. */
export function asked({ of, change, state, who, inLobby }: Row): string {
  if (of !== 'roster') return `${of} ${change}, ${state}`
  return `roster ${change}, ${rosterTold(who.map((name) => ({ name, inLobby: name === THE_BOT && inLobby })))}`
}
