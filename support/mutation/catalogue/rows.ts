// Builds deviations from rows grouped by requirement, and describes the failures that several rows expect.
import type { Deviation, Wrap } from '../../simulator/wrapping'

/** What the simulator does wrong, in one sentence; what the failing scenario must say; how the simulator is wrapped. */
type Row = readonly [description: string, names: RegExp, wrap: Wrap]

/** Rows by the requirement that they break and the id of the deviation. */
type Rows = Readonly<Record<string, Readonly<Record<string, Row>>>>

export function deviationsFrom(rows: Rows): readonly Deviation[] {
  return Object.entries(rows).flatMap(([requirement, group]) =>
    Object.entries(group).map(([id, [description, names, wrap]]) => ({ id, requirement, description, names, wrap })),
  )
}

/** An expected notification is missing; the pattern is the end of its description. */
export const missing = (notification: string) => new RegExp(`${notification}"? is missing`)

/** Any notification is missing. */
export const MISSING = missing('')

/** The failure says one or the other. */
export const either = (one: RegExp, other: RegExp) => new RegExp(`${one.source}|${other.source}`)

/** A notification was not expected; the pattern is the end of its description. */
export const unexpected = (notification: string) => new RegExp(`unexpected notification: .*${notification}`)

export const MISSING_OR_UNEXPECTED = either(MISSING, unexpected(''))

/** The roster of the bot and a person is missing. */
export const NO_ROSTER = missing('roster updated, John and the bot')

/** No notification reached the callback. */
export const NO_NOTIFICATION = missing('a notification')

/** Graph accepted a request that it must refuse. */
export const ACCEPTED = /Graph answered 201; expected: refused/

/** Graph refused a valid request with this status. */
export const refusedWith = (status: number) => new RegExp(`status ${status}; documented: 201`)

/** A call exists although its request was refused. */
export const CREATED = /a new call exists/
