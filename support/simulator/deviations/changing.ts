// Rewriting what notifications say: entries, and what they hold.
import type { Json, JsonObject } from '../../contract/json'
import type { Wrap } from './deviation'
import { changeOf, dataOf, isRoster, posted, postedState, withChange, withData } from './posting'

export type Members = Readonly<Record<string, Json | undefined>>

const always = () => true

export const entry = (members: (change: JsonObject) => Members): Wrap =>
  posted(always, (notification) => withChange(notification, members(changeOf(notification))))

export const ofCall = (members: (change: JsonObject) => Members): Wrap =>
  posted(
    (notification) => !isRoster(notification),
    (notification) => withChange(notification, members(changeOf(notification))),
  )

export const content = (members: (data: JsonObject) => Members): Wrap =>
  posted(
    (notification) => !isRoster(notification),
    (notification) => withData(notification, members(dataOf(notification))),
  )

export const established = (members: Members): Wrap =>
  postedState('established', (notification) => withData(notification, members))
