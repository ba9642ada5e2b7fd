// Closed lists of phrases that features have for meetings of the cast and for what somebody does in them.
import type { MEETING_NAMES } from '../../contract/cast'
import type { MeetingDeed } from '../../targets/target'

/** Key in the cast of each meeting. */
export const MEETINGS: ReadonlyMap<string, (typeof MEETING_NAMES)[number]> = new Map([
  ['the scheduled meeting', 'scheduled'],
  ['the channel meeting', 'channel'],
  ['the open channel meeting', 'openChannel'],
])

/** What is done, as the target is told; the meeting follows the phrase. */
export const DEEDS: ReadonlyMap<string, MeetingDeed> = new Map([
  ['joins', 'join'],
  ['leaves', 'leave'],
  ['mutes in', 'mute'],
  ['unmutes in', 'unmute'],
])
