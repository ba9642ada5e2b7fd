// Rewriting the new call: its members, and the objects in it.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import type { Deviation } from '../../simulator/wrapping'
import { newCall, newCallWith, objectAt, without } from './breaks'

/** Whether a call, or a request, is of a meeting. */
export const inMeeting = ({ meetingInfo }: JsonObject) => isObject(meetingInfo)

/** Whether a request joins as a guest. */
export const asGuest = ({ source }: JsonObject) => isObject(objectAt(source, 'identity').guest)

/** The new call with these values. */
export const set = (members: Readonly<Record<string, Json>>) => newCallWith(() => members)

/** The new call with these values where it joins a meeting. */
export const setInMeetings = (members: Readonly<Record<string, Json>>) => newCallWith((call) => (inMeeting(call) ? members : {}))

/** The new call without some of its members. */
export const lacking = (...names: string[]) => newCall((call) => without(call, ...names))

/** One of the objects in the new call, rewritten. */
export const inside = (name: string, rewrite: (object: JsonObject, call: JsonObject, sent: JsonObject) => JsonObject) =>
  newCallWith((call, sent) => (isObject(call[name]) ? { [name]: rewrite(call[name], call, sent) } : {}))

/** Each target of the new call, rewritten. */
export const targets = (rewrite: (target: JsonObject) => JsonObject) =>
  newCallWith((call) => ({ targets: (call.targets as JsonObject[]).map(rewrite) }))

/** Every call has what the first had. */
export const alwaysTheFirst =
  (name: string): Deviation['wrap'] =>
  (parts, world) => {
    let first: Json | undefined
    return newCallWith((call) => {
      first ??= call[name]
      return { [name]: first }
    })(parts, world)
  }
