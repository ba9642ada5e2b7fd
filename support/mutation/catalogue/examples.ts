// Deviations that the six documented examples see: what is printed of each, and what is derived where nothing is printed.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import { still } from '../../simulator/core/commands'
import type { Deviation, Wrap } from '../../simulator/wrapping'
import { breaks, NOBODY, newCallWith, objectAt } from '../wrap/breaks'
import { ignoring } from '../wrap/deciding'
import { dataOf, isRoster, ofAnotherCall, postingOf, stateOf, withChange, withData, withRoster } from '../wrap/posting'

const SERVICE_HOSTED = '#microsoft.graph.serviceHostedMediaConfig'

const appHosted = (sent: JsonObject) => objectAt(sent, 'mediaConfig')['@odata.type'] === '#microsoft.graph.appHostedMediaConfig'

const joins = ({ meetingInfo }: JsonObject) => isObject(meetingInfo)

const guest = ({ source }: JsonObject) => isObject(source)

const channel = (sent: JsonObject) => joins(sent) && objectAt(sent, 'chatInfo').messageId !== '0'

const refusing =
  (picks: (sent: JsonObject) => boolean, diagnosis: string): Wrap =>
  ({ decide }) => ({
    decide: (state, command, env) =>
      command.kind === 'create' && picks(command.body)
        ? still(state, { kind: 'refused', refusal: { error: 'invalidRequest', detail: null, diagnosis } })
        : decide(state, command, env),
  })

/** The call that a media session speaks of. */
function callOfBlob(sent: JsonObject): Json | undefined {
  const { blob } = objectAt(sent, 'mediaConfig')
  try {
    return typeof blob === 'string' ? objectAt(JSON.parse(blob) as Json).callId : undefined
  } catch {
    return undefined
  }
}

/** A roster of the bot alone, as it would stand beside a notification that the call is established. */
const withRosterBeside = (picks: (sent: JsonObject) => boolean): Wrap =>
  postingOf((notification, sent) =>
    picks(sent) && stateOf(notification) === 'established'
      ? [notification, withChange(notification, { resource: `/app/calls/${notification.callId}/participants`, resourceData: [] })]
      : notification,
  )

/** The first roster comes before what it follows. */
const rosterFirst =
  (picks: (sent: JsonObject) => boolean): Wrap =>
  (parts, world) => {
    const held = new Map<string, Parameters<typeof parts.post>[0]>()
    return postingOf((notification, sent) => {
      if (!picks(sent)) return notification
      const before = held.get(notification.callId)
      held.delete(notification.callId)
      if (before !== undefined) return [notification, before]
      if (stateOf(notification) !== 'established') return notification
      held.set(notification.callId, notification)
      return null
    })(parts, world)
  }

const roster = (
  picks: (sent: JsonObject) => boolean,
  rewrite: (participants: readonly JsonObject[]) => readonly JsonObject[],
): Wrap => postingOf((notification, sent) => (picks(sent) ? withRoster(notification, rewrite) : notification))

const media = (picks: (sent: JsonObject) => boolean): Wrap =>
  newCallWith((call, sent) =>
    picks(sent) ? { mediaConfig: { ...objectAt(call, 'mediaConfig'), '@odata.type': SERVICE_HOSTED } } : {},
  )

export const EXAMPLES: readonly Deviation[] = [
  breaks(
    'CC-30',
    'example-1-prefetched',
    'The answer to example 1 has the entries to be fetched that are printed there and were not sent.',
    /preFetchMedia/,
    newCallWith((call, sent) =>
      joins(sent) || appHosted(sent)
        ? {}
        : {
            mediaConfig: {
              ...objectAt(call, 'mediaConfig'),
              preFetchMedia: [{ uri: 'https://cdn.contoso.com/beep.wav', resourceId: 'beep' }],
            },
          },
    ),
  ),
  breaks(
    'CC-30',
    'example-1-of-two-calls',
    'The established notification of example 1 is of another call, as it is printed.',
    /of another call/,
    postingOf((notification, sent) =>
      !joins(sent) && stateOf(notification) === 'established' ? ofAnotherCall(notification, NOBODY) : notification,
    ),
  ),
  breaks(
    'CC-30',
    'example-1-established-bare',
    'The established notification of example 1 has neither direction nor tenantId.',
    /resourceData\.(direction|tenantId)/,
    postingOf((notification, sent) =>
      !joins(sent) && stateOf(notification) === 'established'
        ? withData(notification, { direction: undefined, tenantId: undefined })
        : notification,
    ),
  ),
  breaks(
    'CC-31',
    'blob-looked-into',
    'A blob is refused that speaks of a call which there is not.',
    /status 400/,
    refusing((sent) => callOfBlob(sent) !== undefined && !joins(sent), 'the blob is of no call'),
  ),
  breaks(
    'CC-31',
    'app-media-lost',
    'The media of a call to a person come back as hosted by the service.',
    /mediaConfig/,
    media((sent) => appHosted(sent) && !joins(sent)),
  ),
  breaks(
    'CC-31',
    'app-media-with-roster',
    'A call to a person with media of the application has a roster.',
    /roster updated.* came besides/,
    withRosterBeside((sent) => appHosted(sent) && !joins(sent)),
  ),
  breaks(
    'CC-32',
    'scheduled-roster-first',
    'The roster of a scheduled meeting comes before the call is established.',
    /did not come|came besides/,
    rosterFirst((sent) => joins(sent) && !channel(sent) && !appHosted(sent)),
  ),
  breaks(
    'CC-32',
    'scheduled-roster-without-people',
    'The roster of a scheduled meeting has the bots alone.',
    /roster updated, John and the bot" did not come/,
    roster(
      (sent) => joins(sent) && !channel(sent),
      (all) => all.filter(({ info }) => objectAt(info, 'identity').user === undefined),
    ),
  ),
  breaks(
    'CC-33',
    'sent-direction-refused',
    'A join that says its direction is refused.',
    /status 400/,
    refusing((sent) => joins(sent) && sent.direction !== undefined, 'direction may not be sent'),
  ),
  breaks(
    'CC-33',
    'sent-tenant-refused',
    'A join that says its tenant is refused.',
    /status 400/,
    refusing((sent) => joins(sent) && sent.tenantId !== undefined, 'tenantId may not be sent'),
  ),
  breaks(
    'CC-33',
    'join-media-lost',
    'The media of a join come back as hosted by the service.',
    /mediaConfig/,
    media((sent) => appHosted(sent) && joins(sent)),
  ),
  breaks(
    'CC-33',
    'join-media-never-established',
    'A join with media of the application is never established.',
    /established" did not come/,
    postingOf((notification, sent) =>
      appHosted(sent) && joins(sent) && stateOf(notification) === 'established' ? null : notification,
    ),
  ),
  breaks(
    'CC-34',
    'channel-as-scheduled',
    'The message of a channel comes back as that of a scheduled meeting.',
    /chatInfo\.messageId/,
    newCallWith((call, sent) => (channel(sent) ? { chatInfo: { ...objectAt(call, 'chatInfo'), messageId: '0' } } : {})),
  ),
  breaks(
    'CC-34',
    'channel-message-untold',
    'Notifications of a channel do not say of which message.',
    /resourceData\.chatInfo\.messageId/,
    postingOf((notification, sent) =>
      channel(sent) && dataOf(notification).chatInfo !== undefined
        ? withData(notification, { chatInfo: { ...objectAt(sent, 'chatInfo'), messageId: '0' } })
        : notification,
    ),
  ),
  breaks(
    'CC-34',
    'channel-without-roster',
    'The meeting of a channel has no roster.',
    /roster updated, John and the bot" did not come/,
    postingOf((notification, sent) => (channel(sent) && !guest(sent) && isRoster(notification) ? null : notification)),
  ),
  breaks(
    'CC-35',
    'guest-never-seen-waiting',
    'A guest who waits gets no roster before the admission.',
    /in the lobby" did not come/,
    postingOf((notification, sent) =>
      guest(sent) && isRoster(notification) && JSON.stringify(notification.body).includes('"isInLobby":true')
        ? null
        : notification,
    ),
  ),
  breaks(
    'CC-35',
    'guest-never-admitted',
    'A guest waits in the lobby for ever.',
    /established" did not come/,
    ignoring((command) => command.kind === 'admit'),
  ),
  breaks(
    'CC-35',
    'guest-on-the-roster-as-application',
    'The roster of example 6 shows the application in place of the guest.',
    /the bot on the roster|did not come/,
    roster(guest, (all) =>
      all.map((one) => {
        const { guest: own, ...others } = objectAt(one, 'info', 'identity')
        return own === undefined ? one : { ...one, info: { ...objectAt(one, 'info'), identity: { ...others, application: own } } }
      }),
    ),
  ),
]
