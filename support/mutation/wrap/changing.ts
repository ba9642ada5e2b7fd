// Rewriting what notifications say: entries, and what they hold.
import type { Json, JsonObject } from '../../contract/json'
import type { Wrap } from '../../simulator/wrapping'
import { changeOf, dataOf, isRoster, posted, postedState, withChange, withData } from './posting'

/** Members to be replaced; undefined takes one out. */
export type Members = Readonly<Record<string, Json | undefined>>

const always = () => true

/** Every entry with other members. */
export const entry = (members: (change: JsonObject) => Members): Wrap =>
  posted(always, (notification) => withChange(notification, members(changeOf(notification))))

/** Entries of the call, not of its roster, with other members. */
export const ofCall = (members: (change: JsonObject) => Members): Wrap =>
  posted(
    (notification) => !isRoster(notification),
    (notification) => withChange(notification, members(changeOf(notification))),
  )

/** What entries of the call hold, with other members. */
export const content = (members: (data: JsonObject) => Members): Wrap =>
  posted(
    (notification) => !isRoster(notification),
    (notification) => withData(notification, members(dataOf(notification))),
  )

/** What the entry that the call is established holds, with other members. */
export const established = (members: Members): Wrap =>
  postedState('established', (notification) => withData(notification, members))
