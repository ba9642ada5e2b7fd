// Deviations in what only Graph makes: properties that a request claims and that are taken from it.

import type { Deviation } from '../../simulator/wrapping'
import { breaks, newCallWith, together } from '../wrap/breaks'
import { ofAnotherCall, postingOf, stateOf, withData } from '../wrap/posting'
import { refusedIf } from './answers'

/** Properties that a request claims are taken from it, in the answer. */
const honoured = (name: string) => newCallWith((_, sent) => (Object.hasOwn(sent, name) ? { [name]: sent[name] } : {}))

const CLAIMABLE = [
  'id',
  'state',
  'direction',
  'callRoutes',
  'activeModalities',
  'mediaState',
  'meetingCapability',
  'myParticipantId',
  'resultInfo',
  'terminationReason',
  'answeredBy',
  'toneInfo',
  'incomingContext',
]

export const CLAIMS: readonly Deviation[] = [
  ...CLAIMABLE.map((name) =>
    breaks(
      'CC-13',
      `${name}-honoured`,
      `The answer has the ${name} that the request claimed.`,
      new RegExp(`\\b${name}: documented anything but`),
      honoured(name),
    ),
  ),
  breaks(
    'CC-13',
    'claims-honoured',
    'The answer has every generated property as the request claimed it.',
    /terminationReason[\s\S]*toneInfo/,
    together(...CLAIMABLE.map(honoured)),
  ),
  breaks(
    'CC-13',
    'claims-refused',
    'A request that claims what only Graph makes is refused, but for the direction that example 4 sends.',
    /status 400/,
    refusedIf((sent) => CLAIMABLE.some((name) => name !== 'direction' && Object.hasOwn(sent, name))),
  ),
  breaks(
    'CC-13',
    'claimed-tenant-notified',
    'The established notification has the tenantId that the request claimed.',
    /resourceData.tenantId/,
    postingOf((notification, { tenantId }) =>
      stateOf(notification) === 'established' && tenantId !== undefined ? withData(notification, { tenantId }) : notification,
    ),
  ),
  breaks(
    'CC-13',
    'claimed-direction-notified',
    'The established notification has the direction that the request claimed.',
    /resourceData.direction/,
    postingOf((notification, { direction }) =>
      stateOf(notification) === 'established' && direction !== undefined ? withData(notification, { direction }) : notification,
    ),
  ),
  breaks(
    'CC-13',
    'claimed-id-notified',
    'Notifications are of the call that the request claimed to be.',
    /of another call|is missing/,
    postingOf((notification, { id }) => (typeof id === 'string' ? ofAnotherCall(notification, id) : notification)),
  ),
]
