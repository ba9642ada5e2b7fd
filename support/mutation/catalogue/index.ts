// All deviations that are written by hand, and the allowed variations.
import type { Deviation } from '../../simulator/wrapping'
import { ALLOWED_VARIATIONS } from '../allowed-variations'
import { ACCESS_TOKENS } from './access-tokens'
import { EXAMPLES } from './examples'
import { LIFE_CYCLE } from './life-cycle'
import { LOBBY } from './lobby'
import { MEETING_LOOKUP } from './meeting-lookup'
import { NEW_CALLS } from './new-call'
import { NOTIFICATION_TOKENS } from './notification-tokens'
import { NOTIFICATIONS } from './notifications'
import { PERMISSION_CHECKS } from './permissions'
import { REQUEST_VALIDATION } from './request-validation'
import { RESPONSES } from './responses'
import { ROSTERS } from './rosters'

export { ALLOWED_VARIATIONS }

/** Each breaks one rule; in the order of a call. */
export const BEHAVIOURS: readonly Deviation[] = [
  ...RESPONSES,
  ...NEW_CALLS,
  ...ACCESS_TOKENS,
  ...PERMISSION_CHECKS,
  ...REQUEST_VALIDATION,
  ...MEETING_LOOKUP,
  ...EXAMPLES,
  ...LIFE_CYCLE,
  ...LOBBY,
  ...NOTIFICATIONS,
  ...NOTIFICATION_TOKENS,
  ...ROSTERS,
]
