// Deviations in which members fit: each fault of a request that goes unnoticed, and requests that fit and are refused.

import { isObject, type JsonObject } from '../../contract/json'
import type { Deviation } from '../../simulator/wrapping'
import { breaks, NOBODY, objectAt } from '../wrap/breaks'
import { refuseCreate, refusingInWords } from '../wrap/deciding'
import { CALLBACK, CREATED, codeOf, SERVICE_HOSTED, target, unnoticed, withBody } from '../wrap/filling'

const ACCEPTED = /has status 400; documented: 201/

const REFUSED = /Graph answered 201; expected: refused/

export const FITTING: readonly Deviation[] = [
  breaks(
    'CC-18',
    'media-supplied',
    'Where no media are sent, they are hosted by the service.',
    REFUSED,
    unnoticed(
      () => true,
      () => ({ mediaConfig: SERVICE_HOSTED }),
      ['missingMediaConfig'],
    ),
  ),
  breaks(
    'CC-18',
    'media-supplied-in-meetings',
    'Where a join sends no media, they are hosted by the service.',
    REFUSED,
    unnoticed(
      ({ meetingInfo }) => isObject(meetingInfo),
      () => ({ mediaConfig: SERVICE_HOSTED }),
      ['missingMediaConfig'],
    ),
  ),
  breaks(
    'CC-18',
    'media-missing-as-any-fault',
    'That media are missing is refused as any other fault.',
    /refused with BadRequest; expected: 8523/,
    codeOf('missingMediaConfig', 'invalidRequest'),
  ),
  breaks(
    'CC-18',
    'media-missing-and-created',
    'That media are missing is refused, and the call is created all the same.',
    CREATED,
    refusingInWords(['missingMediaConfig'], (create) => withBody(create, { mediaConfig: SERVICE_HOSTED })),
  ),
  breaks(
    'CC-19',
    'callback-not-needed',
    'A call without callbackUri is created.',
    REFUSED,
    unnoticed(
      ({ callbackUri }) => callbackUri === undefined,
      () => ({ callbackUri: CALLBACK }),
    ),
  ),
  breaks(
    'CC-19',
    'callback-over-http',
    'A callbackUri on plain http is accepted.',
    REFUSED,
    unnoticed(
      ({ callbackUri }) => String(callbackUri).startsWith('http:'),
      ({ callbackUri }) => ({ callbackUri: String(callbackUri).replace('http:', 'https:') }),
    ),
  ),
  breaks(
    'CC-19',
    'callback-not-read',
    'A callbackUri may be any text.',
    REFUSED,
    unnoticed(
      ({ callbackUri }) => callbackUri === 'callback',
      () => ({ callbackUri: CALLBACK }),
    ),
  ),
  breaks(
    'CC-19',
    'formless-accepted',
    'A call to nobody is created.',
    REFUSED,
    unnoticed(
      ({ targets, meetingInfo }) => targets === undefined && meetingInfo === undefined,
      () => ({ targets: target({ id: NOBODY }) }),
    ),
  ),
  breaks(
    'CC-19',
    'target-besides-meeting',
    'A join may have targets.',
    REFUSED,
    unnoticed(
      ({ targets, meetingInfo }) => isObject(meetingInfo) && Array.isArray(targets),
      () => ({ targets: [] }),
    ),
  ),
  breaks(
    'CC-19',
    'target-as-object',
    'A target that is no list is taken for one.',
    REFUSED,
    unnoticed(
      ({ targets }) => isObject(targets),
      ({ targets }) => ({ targets: [targets as JsonObject] }),
    ),
  ),
  breaks(
    'CC-19',
    'modality-as-text',
    'Modalities that are no list are taken for one.',
    REFUSED,
    unnoticed(
      ({ requestedModalities }) => typeof requestedModalities === 'string',
      ({ requestedModalities }) => ({ requestedModalities: [requestedModalities as string] }),
    ),
  ),
  breaks(
    'CC-19',
    'any-modality',
    'A modality that there is none of is accepted.',
    REFUSED,
    unnoticed(
      ({ requestedModalities }) => Array.isArray(requestedModalities),
      () => ({ requestedModalities: ['audio'] }),
    ),
  ),
  breaks(
    'CC-19',
    'any-type',
    'A call may be of any type.',
    REFUSED,
    unnoticed(
      (body) => body['@odata.type'] !== '#microsoft.graph.call',
      () => ({ '@odata.type': '#microsoft.graph.call' }),
    ),
  ),
  breaks(
    'CC-19',
    'any-media-type',
    'A mediaConfig may be of any type.',
    REFUSED,
    unnoticed(
      (body) => objectAt(body, 'mediaConfig')['@odata.type'] === '#microsoft.graph.noMediaConfig',
      () => ({ mediaConfig: SERVICE_HOSTED }),
    ),
  ),
  breaks(
    'CC-19',
    'ringing-without-limit',
    'A call may ring as long as the request says.',
    REFUSED,
    unnoticed(
      ({ ringingTimeoutInSeconds }) => Number(ringingTimeoutInSeconds) > 115,
      () => ({ ringingTimeoutInSeconds: 115 }),
    ),
  ),
  breaks(
    'CC-19',
    'ringing-no-time',
    'A call may ring no time at all.',
    REFUSED,
    unnoticed(
      ({ ringingTimeoutInSeconds }) => ringingTimeoutInSeconds === 0,
      () => ({ ringingTimeoutInSeconds: 1 }),
    ),
  ),
  breaks(
    'CC-19',
    'half-a-meeting',
    'A join may name the chat alone.',
    REFUSED,
    unnoticed(
      ({ chatInfo, meetingInfo }) => isObject(chatInfo) && meetingInfo === undefined,
      () => ({ chatInfo: undefined, targets: target({ id: NOBODY }) }),
    ),
  ),
  breaks(
    'CC-19',
    'subject-refused',
    'A call may have no subject.',
    ACCEPTED,
    refuseCreate(({ subject }) => subject !== undefined),
  ),
  breaks(
    'CC-19',
    'ringing-refused',
    'A call may not say how long it rings.',
    ACCEPTED,
    refuseCreate(({ ringingTimeoutInSeconds }) => ringingTimeoutInSeconds === 10),
  ),
  breaks(
    'CC-19',
    'policies-refused',
    'A call may have no routing policies.',
    ACCEPTED,
    refuseCreate(({ routingPolicies }) => routingPolicies !== undefined),
  ),
  breaks(
    'CC-19',
    'unfit-and-created',
    'What does not fit is refused, and a call is created all the same.',
    CREATED,
    refusingInWords(['invalidRequest'], (create) =>
      withBody(create, {
        '@odata.type': '#microsoft.graph.call',
        callbackUri: CALLBACK,
        targets: target({ id: NOBODY }),
        chatInfo: undefined,
        meetingInfo: undefined,
        requestedModalities: ['audio'],
        mediaConfig: SERVICE_HOSTED,
        ringingTimeoutInSeconds: undefined,
      }),
    ),
  ),
  breaks(
    'CC-19b',
    'unknown-property-refused',
    'A property that nobody knows is refused.',
    ACCEPTED,
    refuseCreate(({ favouriteColour }) => favouriteColour !== undefined),
  ),
]
