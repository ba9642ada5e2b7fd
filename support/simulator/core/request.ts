// What the body of a create must be: the content checks of the simulated Graph, each fault naming the member.
import { z } from 'zod'
import { isObject, type Json, type JsonObject } from '../../contract/json'
import { canonicalHost, isLoopback } from '../../contract/loopback'
import type { Admits } from './commands'
import type { Refusal } from './errors'
import { APP_HOSTED, type Form, SERVICE_HOSTED } from './forms'
import type { FormName } from './state'

/** Modalities of 2019; `screenSharing` of one page is no member of the enumeration (E-40). */
const MODALITIES = ['unknown', 'audio', 'video', 'videoBasedScreenSharing', 'data'] as const

/** At most this long may a call ring (documented: resource page of the call). */
const MAX_RINGING_SECONDS = 115

/** The type of an object, where it says one. Clients send it with and without `#` (observed); another type is refused (assumption). */
const type = (...names: string[]) =>
  z.string().refine((value) => names.includes(value.replace(/^#?microsoft\.graph\./, '')), {
    error: `must be ${names.map((name) => `#microsoft.graph.${name}`).join(' or ')}`,
  })

const typed = <Shape extends z.core.$ZodLooseShape>(names: string[], shape: Shape) =>
  z.looseObject({ '@odata.type': type(...names).optional(), ...shape })

const identity = typed(['identity'], { id: z.string().min(1), displayName: z.string().nullish(), tenantId: z.string().nullish() })
const identitySet = typed(['identitySet', 'communicationsIdentitySet'], {
  user: identity.nullish(),
  guest: identity.nullish(),
  application: identity.nullish(),
  phone: identity.nullish(),
})
const participantInfo = typed(['participantInfo', 'invitationParticipantInfo'], { identity: identitySet })

const mediaConfig = z.union(
  [
    z.looseObject({
      '@odata.type': type('serviceHostedMediaConfig'),
      preFetchMedia: z.array(typed(['mediaInfo'], { uri: z.string().min(1), resourceId: z.string().nullish() })).nullish(),
    }),
    // What its blob must be depends on the revision: `blobFault`.
    z.looseObject({ '@odata.type': type('appHostedMediaConfig') }),
  ],
  { error: `must be ${SERVICE_HOSTED}, or ${APP_HOSTED} with a blob` },
)

const common = {
  '@odata.type': type('call').optional(),
  // Where it may lead depends on the simulator: `callbackFault`.
  callbackUri: z.string(),
  source: participantInfo.nullish(),
  requestedModalities: z.array(z.enum(MODALITIES)).min(1),
  mediaConfig,
  subject: z.string().nullish(),
  routingPolicies: z.array(z.string()).nullish(),
  ringingTimeoutInSeconds: z.number().int().min(1).max(MAX_RINGING_SECONDS).nullish(),
}

const absent = z.null({ error: 'must be absent when people are called' }).optional()

const peerToPeer = z.looseObject({ ...common, targets: z.array(participantInfo).min(1), chatInfo: absent, meetingInfo: absent })

/** A number in the form of the page; that another is refused is an assumption. */
const telephone = z.looseObject({
  ...common,
  targets: z
    .array(
      participantInfo.refine(({ identity: { user, application } }) => !user && !application, {
        error: 'must be one telephone, without a user or an application',
      }),
    )
    .length(1)
    .refine(([target]) => /^\+?\d[\d ]*$/.test(String(target?.identity.phone?.id)), {
      error: 'must have the number as the id of the phone, such as +12345678901',
    }),
  chatInfo: absent,
  meetingInfo: absent,
})

/** So many people can be called at once (documented: page "Create call" of 2023). */
const MOST_TARGETS = 5

const callee = participantInfo.refine(({ identity: { user, application } }) => Boolean(user) !== Boolean(application), {
  error: 'must be one user or one application: telephones and guests are not called in a group',
})

/** The same identity is not invited twice (documented: resource page of the call); that it is refused with 400 is an assumption. */
const group = z.looseObject({
  ...common,
  targets: z
    .array(callee)
    .max(MOST_TARGETS, { error: `must be at most ${MOST_TARGETS}` })
    .refine((targets) => new Set(targets.map(idOf)).size === targets.length, { error: 'must not name one identity twice' }),
  chatInfo: absent,
  meetingInfo: absent,
})

function idOf({ identity: { user, application } }: z.infer<typeof callee>): string | undefined {
  return (user ?? application)?.id
}

const noTargets = z.array(z.unknown()).max(0, { error: 'must be empty when a meeting is joined' }).nullish()

const meeting = z.looseObject({
  ...common,
  targets: noTargets,
  chatInfo: typed(['chatInfo'], {
    threadId: z.string().min(1),
    messageId: z.string().min(1),
    replyChainMessageId: z.string().nullish(),
  }),
  meetingInfo: z.union([
    typed(['organizerMeetingInfo'], { organizer: typed(['identitySet'], { user: identity }) }),
    typed(['tokenMeetingInfo'], { token: z.string().min(1) }),
  ]),
})

/** The service fills in the chat. That one which is sent all the same is refused is an assumption. */
const meetingById = z.looseObject({
  ...common,
  targets: noTargets,
  chatInfo: z.null({ error: 'must be absent when a meeting is joined by its id' }).optional(),
  meetingInfo: typed(['joinMeetingIdMeetingInfo'], {
    joinMeetingId: z.string().regex(/^ *\d[\d ]*$/, { error: 'must be the digits of the meeting id' }),
    passcode: z.string().nullish(),
  }),
})

/** What a body must be, by its form; joins by coordinates are alike. */
const CONTENT: { readonly [Name in FormName]?: z.ZodType } = {
  'peer-to-peer': peerToPeer,
  phone: telephone,
  group,
  'meeting-by-id': meetingById,
}

/**
 * How a bot wants a call that it makes. Options of incoming calls have another type. Members that the page does not name are ignored, and the
 * type may be missing, although it has a base that cannot be instantiated (assumption). No answer has them.
 */
const withCallOptions = z.looseObject({
  callOptions: typed(['outgoingCallOptions'], {
    isContentSharingNotificationEnabled: z.boolean().nullish(),
    hideBotAfterEscalation: z.boolean().nullish(),
    isDeltaRosterEnabled: z.boolean().nullish(),
    // Declared by Microsoft's published types, and on no page of 2023 or 2024.
    isInteractiveRosterEnabled: z.boolean().nullish(),
  }).nullish(),
})

/** Whether a body that can be created asks for notifications of content sharing. */
export function asksForContentSharing({ callOptions }: JsonObject, admits: Admits): boolean {
  return admits.callOptions && isObject(callOptions) && callOptions.isContentSharingNotificationEnabled === true
}

/** How many faults a refusal names: a body of 4 MB can have a million. */
const NAMED_FAULTS = 5

/** A request that has neither targets nor a meeting. */
export const FORMLESS: Refusal = invalid('targets: give one target to call, or chatInfo and meetingInfo to join a meeting')

/**
 * Null when the body is a call that can be created; faults that no report shows are answered 400 (assumption).
 * @param admits what the pages of the root let a request have
 * @param allowedHosts hosts that a callback may name with http, as loopback
 */
export function refuseContent(
  body: JsonObject,
  form: Form | undefined,
  admits: Admits,
  allowedHosts: readonly string[] = [],
): Refusal | null {
  if (body.mediaConfig === undefined || body.mediaConfig === null) {
    return {
      error: 'missingMediaConfig',
      detail: null,
      diagnosis: 'the request has no mediaConfig: say whether the service or the application hosts the media',
    }
  }
  if (form === undefined) return FORMLESS
  const callback = callbackFault(body.callbackUri, allowedHosts)
  const content = faultsOf(CONTENT[form.name] ?? meeting, body)
  const options = admits.callOptions ? faultsOf(withCallOptions, body) : []
  const blob = blobFault(body.mediaConfig, admits)
  const faults = [callback, ...content, ...options, blob].filter((fault) => fault !== null)
  if (faults.length === 0) return null
  const others = faults.length - NAMED_FAULTS
  const refusal = invalid([...faults.slice(0, NAMED_FAULTS), ...(others > 0 ? [`and ${others} more`] : [])].join('; '))
  return callback === null ? refusal : { ...refusal, diagnosis: `${refusal.diagnosis}${allowing(String(body.callbackUri))}` }
}

function faultsOf(schema: z.ZodType, body: JsonObject): readonly string[] {
  const { error } = schema.safeParse(body)
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
}

function invalid(fault: string): Refusal {
  return { error: 'invalidRequest', detail: fault, diagnosis: `the request does not fit: ${fault}` }
}

function blobFault(media: Json, { mediaWithoutBlob }: Admits): string | null {
  if (!isObject(media) || !/appHostedMediaConfig$/.test(String(media['@odata.type']))) return null
  const { blob = null } = media
  const fits = blob === null ? mediaWithoutBlob : typeof blob === 'string' && blob !== ''
  return fits ? null : `mediaConfig.blob: must be the media session of the application, as ${APP_HOSTED} has it`
}

function callbackFault(address: Json | undefined, allowedHosts: readonly string[]): string | null {
  if (typeof address !== 'string' || reachable(address, allowedHosts)) return null
  return 'callbackUri: must be an absolute https address without credentials (http on loopback and on hosts allowed by name only)'
}

function reachable(address: string, allowedHosts: readonly string[]): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname, username, password } = new URL(address)
  // With a name or password in it no client can post there, and its complaint would print the password.
  if (username !== '' || password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && (isLoopback(hostname) || allows(allowedHosts, hostname)))
}

const allows = (allowedHosts: readonly string[], hostname: string) =>
  allowedHosts.some((one) => canonicalHost(one) === canonicalHost(hostname))

/** What lets a callback with http in, for the journal; nothing for one that has another fault. */
function allowing(address: string): string {
  if (!URL.canParse(address)) return ''
  const { protocol, hostname, username, password } = new URL(address)
  if (protocol !== 'http:' || username !== '' || password !== '') return ''
  return `; start the simulator with --allow-callback ${hostname.slice(0, 100)}, or give an https address`
}
