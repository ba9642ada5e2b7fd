// What the body of a create must be: the content checks of the simulated Graph, each fault naming the member.
import { z } from 'zod'
import type { Json, JsonObject } from '../../contract/json'
import { canonicalHost, isLoopback } from '../../contract/loopback'
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
    z.looseObject({ '@odata.type': type('appHostedMediaConfig'), blob: z.string().min(1) }),
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

const meeting = z.looseObject({
  ...common,
  targets: z.array(z.unknown()).max(0, { error: 'must be empty when a meeting is joined' }).nullish(),
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

/** What a body must be, by its form; joins are alike. */
const CONTENT: { readonly [Name in FormName]?: z.ZodType } = { 'peer-to-peer': peerToPeer, group }

/** How many faults a refusal names: a body of 4 MB can have a million. */
const NAMED_FAULTS = 5

/** A request that has neither targets nor a meeting. */
export const FORMLESS: Refusal = invalid('targets: give one target to call, or chatInfo and meetingInfo to join a meeting')

/**
 * Null when the body is a call that can be created; faults that no report shows are answered 400 (assumption).
 * @param allowedHosts hosts that a callback may name with http, as loopback
 */
export function refuseContent(body: JsonObject, form: Form | undefined, allowedHosts: readonly string[] = []): Refusal | null {
  if (body.mediaConfig === undefined || body.mediaConfig === null) {
    return {
      error: 'missingMediaConfig',
      detail: null,
      diagnosis: 'the request has no mediaConfig: say whether the service or the application hosts the media',
    }
  }
  if (form === undefined) return FORMLESS
  const callback = callbackFault(body.callbackUri, allowedHosts)
  const checked = (CONTENT[form.name] ?? meeting).safeParse(body)
  const issues = checked.success ? [] : checked.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
  const faults = callback === null ? issues : [callback, ...issues]
  if (faults.length === 0) return null
  const others = faults.length - NAMED_FAULTS
  const refusal = invalid([...faults.slice(0, NAMED_FAULTS), ...(others > 0 ? [`and ${others} more`] : [])].join('; '))
  return callback === null ? refusal : { ...refusal, diagnosis: `${refusal.diagnosis}${allowing(String(body.callbackUri))}` }
}

function invalid(fault: string): Refusal {
  return { error: 'invalidRequest', detail: fault, diagnosis: `the request does not fit: ${fault}` }
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
