// Builds deviations from rows grouped by requirement, and describes the failures that several rows expect.
import type { Deviation, Wrap } from '../../simulator/wrapping'

/** What the simulator does wrong, in one sentence; what the failing scenario must say; how the simulator is wrapped. */
type Row = readonly [description: string, names: RegExp, wrap: Wrap]

/** Rows by the requirement that they break and the id of the deviation. */
type Rows = Readonly<Record<string, Readonly<Record<string, Row>>>>

export function deviations(rows: Rows): readonly Deviation[] {
  return Object.entries(rows).flatMap(([requirement, group]) =>
    Object.entries(group).map(([id, [description, names, wrap]]) => ({ id, requirement, description, names, wrap })),
  )
}

/** An expected notification is missing; the description of the notification ends so. */
export const missing = (notification: string) => new RegExp(`${notification}" did not come`)

/** A notification was not expected; the description of the notification ends so. */
export const unexpected = (notification: string) => new RegExp(`${notification}" came besides`)

export const MISSING_OR_UNEXPECTED = /did not come|came besides/

/** The roster of the bot and a person is missing. */
export const NO_ROSTER = missing('roster updated, John and the bot')

/** No notification reached the callback. */
export const NO_NOTIFICATION = /a notification did not come/

/** Graph accepted a request that it must refuse. */
export const ACCEPTED = /Graph answered 201; expected: refused/

/** Graph refused a valid request with this status. */
export const refusedWith = (status: number) => new RegExp(`status ${status}; documented: 201`)

/** A call exists although its request was refused. */
export const CREATED = /a call lives all the same/
