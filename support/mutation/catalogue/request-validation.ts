// Deviations in which requests Graph accepts: bodies that are no JSON object, invalid members, and valid requests that it refuses.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import type { Wrap } from '../../simulator/wrapping'
import {
  acceptInvalid,
  CALLBACK,
  refuseAndCreate,
  refuseCreate,
  replaceError,
  SERVICE_HOSTED_MEDIA,
  targetList,
  withBody,
} from '../wrap/core'
import { changed, inMeeting, objectAt, requests, responsesWith, UNKNOWN_ID } from '../wrap/responses'
import { ACCEPTED, CREATED, deviationsFrom, refusedWith } from './rows'

const parsed = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

const isJson = (text: string, type: string | null) => isObject(parsed(text)) && (type?.startsWith('application/json') ?? false)

/** Reads an invalid body as a valid one; undefined leaves it invalid. */
const readInvalid = (read: (text: string, type: string | null) => Json | undefined): Wrap =>
  requests((text, type) => {
    const body = isJson(text, type) ? undefined : read(text, type)
    return body === undefined ? null : { body: JSON.stringify(body) }
  })

const WITHOUT_STRINGS = /"(?:[^"\\]|\\.)*"/g

/** Completes a body that was cut off: drops the last member and closes every open bracket. */
function completed(text: string): Json | undefined {
  if (!text.startsWith('{') || hasTrailingComma(text)) return undefined
  const whole = text.slice(0, text.lastIndexOf(','))
  const open: string[] = []
  for (const bracket of whole.replace(WITHOUT_STRINGS, '').match(/[[\]{}]/g) ?? [])
    if (bracket === '{' || bracket === '[') open.unshift(bracket === '{' ? '}' : ']')
    else open.shift()
  const call = parsed(whole + open.join(''))
  return isObject(call) ? { mediaConfig: SERVICE_HOSTED_MEDIA, ...call } : undefined
}

/** Whether a body has a comma after its last member, as the page prints it. */
const hasTrailingComma = (text: string) => /,\s*\}\s*$/.test(text)

const isNoObject = (text: string, type: string | null) => !hasTrailingComma(text) && !isJson(text, type)

/** Changes the 400 for some bodies. */
const refuseBody = (
  picks: (text: string, type: string | null) => boolean,
  to: { readonly status?: number; readonly code?: string },
): Wrap =>
  responsesWith(400, async (response, sent, { headers }) => {
    if (!picks(sent, headers.get('content-type'))) return response
    const { error } = (await response.json()) as { error: { code: string } }
    return changed(response, { ...to, body: JSON.stringify({ error: { ...error, code: to.code ?? error.code } }) })
  })

const MINIMAL = {
  callbackUri: CALLBACK,
  requestedModalities: ['audio'],
  mediaConfig: SERVICE_HOSTED_MEDIA,
  targets: targetList(UNKNOWN_ID),
}

const supplyMedia = (picks: (body: JsonObject) => boolean): Wrap =>
  acceptInvalid(picks, () => ({ mediaConfig: SERVICE_HOSTED_MEDIA }), 'missingMediaConfig')

/** Accepts invalid values of one member by replacing the value. */
const acceptMember = (
  name: string,
  isInvalid: (value: Json | undefined) => boolean,
  valid: Json | ((value: Json) => Json),
): Wrap =>
  acceptInvalid(
    (body) => isInvalid(body[name]),
    (body) => ({ [name]: typeof valid === 'function' ? valid(body[name] ?? null) : valid }),
  )

export const REQUEST_VALIDATION = deviationsFrom({
  'CC-14': {
    'untyped-accepted': [
      'Graph reads a body without a content type as JSON.',
      ACCEPTED,
      readInvalid((text, type) => (type === null || type === 'text/plain;charset=UTF-8' ? parsed(text) : undefined)),
    ],
    'any-type-accepted': ['Graph reads a body of any content type as JSON.', ACCEPTED, readInvalid(parsed)],
    'list-accepted': [
      'Graph takes the first entry of a list as the call.',
      ACCEPTED,
      readInvalid((text) => [parsed(text)].flat()[0] ?? undefined),
    ],
    'text-accepted': [
      'Graph parses a JSON string again.',
      ACCEPTED,
      readInvalid((text) => (typeof parsed(text) === 'string' ? parsed(parsed(text) as string) : undefined)),
    ],
    'cut-off-accepted': ['Graph completes a body that was cut off.', ACCEPTED, readInvalid(completed)],
    'not-json-500': ['Graph answers 500 to a body that is no JSON.', /answered 500/, refuseBody(isNoObject, { status: 500 })],
    'not-json-415': ['Graph answers 415 to a body that is no JSON.', /answered 415/, refuseBody(isNoObject, { status: 415 })],
    'not-json-under-another-code': [
      'Graph refuses a body that is no JSON with another code.',
      /refused with InvalidBody/,
      refuseBody(isNoObject, { code: 'InvalidBody' }),
    ],
    'null-accepted': ['Graph makes a call from null.', ACCEPTED, readInvalid((text) => (text === 'null' ? MINIMAL : undefined))],
    'empty-accepted': [
      'Graph makes a call from an empty body.',
      ACCEPTED,
      readInvalid((text) => (text === '' ? MINIMAL : undefined)),
    ],
    'object-in-order-refused': [
      'Graph wants the call in a list and refuses an object.',
      refusedWith(400),
      requests((body) => ({ body: `[${body}]` })),
    ],
  },
  'CC-36': {
    'trailing-comma-accepted': [
      'Graph accepts a comma after the last member.',
      ACCEPTED,
      readInvalid((text, type) =>
        hasTrailingComma(text) && type?.startsWith('application/json') ? parsed(text.replace(/,(\s*[}\]])/g, '$1')) : undefined,
      ),
    ],
    'trailing-comma-500': [
      'Graph answers 500 to a comma after the last member.',
      /answered 500/,
      refuseBody(hasTrailingComma, { status: 500 }),
    ],
    'json-in-order-refused': [
      'Graph wants a comma after the last member, as the page prints it.',
      refusedWith(400),
      requests((body) => (hasTrailingComma(body) ? null : { body: body.slice(0, -1) })),
    ],
  },
  'CC-18': {
    'media-supplied': ['Graph supplies a missing mediaConfig.', ACCEPTED, supplyMedia(() => true)],
    'media-supplied-in-meetings': ['Graph supplies a missing mediaConfig in a join.', ACCEPTED, supplyMedia(inMeeting)],
    'media-missing-as-any-fault': [
      'Graph refuses a missing mediaConfig as any other fault.',
      /refused with BadRequest; expected: 8523/,
      replaceError('missingMediaConfig', 'invalidRequest'),
    ],
    'media-missing-and-created': [
      'Graph refuses a missing mediaConfig and creates the call.',
      CREATED,
      refuseAndCreate(['missingMediaConfig'], (create) => withBody(create, { mediaConfig: SERVICE_HOSTED_MEDIA })),
    ],
    'media-config-in-order-refused': [
      'Graph refuses a request with a mediaConfig as one without.',
      refusedWith(400),
      refuseCreate(({ mediaConfig }) => mediaConfig !== undefined, 'missingMediaConfig'),
    ],
  },
  'CC-19': {
    'callback-not-needed': [
      'Graph accepts a missing callbackUri.',
      ACCEPTED,
      acceptMember('callbackUri', (uri) => uri === undefined, CALLBACK),
    ],
    'callback-over-http': [
      'Graph accepts a callbackUri on plain http.',
      ACCEPTED,
      acceptMember(
        'callbackUri',
        (uri) => String(uri).startsWith('http:'),
        (uri) => String(uri).replace('http:', 'https:'),
      ),
    ],
    'callback-not-read': [
      'Graph accepts any text as callbackUri.',
      ACCEPTED,
      acceptMember('callbackUri', (uri) => uri === 'callback', CALLBACK),
    ],
    'formless-accepted': [
      'Graph accepts a call without target and meeting.',
      ACCEPTED,
      acceptInvalid(
        ({ targets, meetingInfo }) => targets === undefined && meetingInfo === undefined,
        () => ({ targets: targetList(UNKNOWN_ID) }),
      ),
    ],
    'target-with-meeting': [
      'Graph accepts a join with targets.',
      ACCEPTED,
      acceptInvalid(
        (body) => inMeeting(body) && Array.isArray(body.targets),
        () => ({ targets: [] }),
      ),
    ],
    'target-as-object': ['Graph accepts a target that is no list.', ACCEPTED, acceptMember('targets', isObject, (one) => [one])],
    'modality-as-text': [
      'Graph accepts modalities that are no list.',
      ACCEPTED,
      acceptMember(
        'requestedModalities',
        (one) => typeof one === 'string',
        (one) => [one],
      ),
    ],
    'any-modality': [
      'Graph accepts an unknown modality.',
      ACCEPTED,
      acceptMember('requestedModalities', Array.isArray, ['audio']),
    ],
    'any-type': [
      'Graph accepts a call of any type.',
      ACCEPTED,
      acceptMember('@odata.type', (type) => type !== '#microsoft.graph.call', '#microsoft.graph.call'),
    ],
    'any-media-type': [
      'Graph accepts a mediaConfig of any type.',
      ACCEPTED,
      acceptMember(
        'mediaConfig',
        (media) => objectAt(media)['@odata.type'] === '#microsoft.graph.noMediaConfig',
        SERVICE_HOSTED_MEDIA,
      ),
    ],
    'ringing-without-limit': [
      'Graph accepts any time to ring.',
      ACCEPTED,
      acceptMember('ringingTimeoutInSeconds', (time) => Number(time) > 115, 115),
    ],
    'ringing-no-time': [
      'Graph accepts zero seconds to ring.',
      ACCEPTED,
      acceptMember('ringingTimeoutInSeconds', (time) => time === 0, 1),
    ],
    'half-a-meeting': [
      'Graph accepts a chat without a meeting.',
      ACCEPTED,
      acceptInvalid(
        ({ chatInfo, meetingInfo }) => isObject(chatInfo) && meetingInfo === undefined,
        () => ({ chatInfo: undefined, targets: targetList(UNKNOWN_ID) }),
      ),
    ],
    'subject-refused': ['Graph refuses a subject.', refusedWith(400), refuseCreate(({ subject }) => subject !== undefined)],
    'ringing-refused': [
      'Graph refuses a time to ring.',
      refusedWith(400),
      refuseCreate(({ ringingTimeoutInSeconds }) => ringingTimeoutInSeconds === 10),
    ],
    'policies-refused': [
      'Graph refuses routing policies.',
      refusedWith(400),
      refuseCreate(({ routingPolicies }) => routingPolicies !== undefined),
    ],
    'unfit-and-created': [
      'Graph refuses an invalid request and creates a call.',
      CREATED,
      refuseAndCreate(['invalidRequest'], (create) =>
        withBody(create, {
          ...MINIMAL,
          '@odata.type': '#microsoft.graph.call',
          chatInfo: undefined,
          meetingInfo: undefined,
          ringingTimeoutInSeconds: undefined,
        }),
      ),
    ],
  },
  'CC-19b': {
    'unknown-property-refused': [
      'Graph refuses an unknown property.',
      refusedWith(400),
      refuseCreate(({ favouriteColour }) => favouriteColour !== undefined),
    ],
  },
})
