// Deviations in forms of calls that only later pages have, and in how those write every message. They are tried under a root of those pages.
import { isObject, type JsonObject, without } from '../../contract/json'
import type { Wrap } from '../../simulator/wrapping'
import { post, withEntry } from '../wrap/notifications'
import { insideCall, objectAt, rewriteNewCall } from '../wrap/responses'
import { deviationsFrom } from './rows'

/** Posts the path of the call as the page of 2019 names it. */
const resourceOf2019: Wrap = post(() => (notification) => {
  const [change] = notification.body.value as readonly JsonObject[]
  if (change?.resourceUrl === undefined) return notification
  const { resourceUrl } = change
  return withEntry(notification, {
    resourceUrl: undefined,
    resource: String(resourceUrl).replace('/communications/', '/app/'),
  })
})

const toTelephone = ({ source }: JsonObject) => isObject(objectAt(source, 'identity').applicationInstance)

export const LATER_FORMS = [
  ...deviationsFrom({
    'CC-80': {
      'subject-of-several-lost': [
        'A call to several people has no subject.',
        /subject: documented "/,
        rewriteNewCall(({ targets }) => (Array.isArray(targets) && targets.length > 1 ? { subject: null } : {})),
      ],
      'call-chain-missing': [
        'A new call has no callChainId.',
        /callChainId: documented the id of the chain/,
        rewriteNewCall(() => ({ callChainId: undefined })),
      ],
      'targets-as-sent': [
        'Targets come back with the type of 2019.',
        /targets\[0\]\.@odata\.type: documented "#microsoft\.graph\.invitationParticipantInfo"/,
        rewriteNewCall(({ targets = [] }) => ({
          targets: (targets as readonly JsonObject[]).map((one) => ({
            ...one,
            '@odata.type': '#microsoft.graph.participantInfo',
          })),
        })),
      ],
    },
    'CC-81': {
      'chat-not-filled-in': [
        'A join by meeting id has no chat.',
        /chatInfo: documented an object|chatInfo: documented \{|chatInfo.*received null/,
        rewriteNewCall((_, { meetingInfo }) => (objectAt(meetingInfo).joinMeetingId === undefined ? {} : { chatInfo: null })),
      ],
      'passcode-hidden': [
        'The passcode of a meeting does not come back.',
        /meetingInfo\.passcode: documented "/,
        insideCall('meetingInfo', (info) => (info.passcode === undefined ? info : { ...info, passcode: null })),
      ],
      'meeting-id-lost': [
        'The id of a meeting does not come back.',
        /meetingInfo\.joinMeetingId: documented "/,
        insideCall('meetingInfo', (info) => without(info, 'joinMeetingId')),
      ],
    },
    'CC-82': {
      'instance-replaced': [
        'The source of a call to a telephone is the application.',
        /source\.identity\.applicationInstance: documented|source\.identity\.applicationInstance.*received nothing/,
        rewriteNewCall((call) =>
          toTelephone(call)
            ? {
                source: {
                  ...objectAt(call.source),
                  identity: { '@odata.type': '#microsoft.graph.identitySet', application: { id: 'x' } },
                },
              }
            : {},
        ),
      ],
      'telephone-without-number': [
        'The target of a call to a telephone has no number.',
        /targets\[0\]\.identity\.phone/,
        rewriteNewCall((call) =>
          toTelephone(call)
            ? { targets: [{ ...((call.targets as readonly JsonObject[])[0] as JsonObject), identity: { phone: {} } }] }
            : {},
        ),
      ],
      'resource-of-2019': [
        'Notifications name their resource as the page of 2019 has it.',
        /resourceUrl: documented|unexpected notification/,
        resourceOf2019,
      ],
    },
  }),
]
