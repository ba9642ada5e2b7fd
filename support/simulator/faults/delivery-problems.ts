// What goes wrong between Graph and a bot although nobody breaks a rule, as facts: every bot must live through it. Played on request only.
import type { Sourced } from '../core/provenance'

export interface Disturbance extends Sourced {
  /** One sentence: what happens while it is armed. */
  readonly description: string
  /** What one of "the next n messages" is. */
  readonly touches: 'requests' | 'notifications'
}

/** By the name under which each is armed. */
export const DISTURBANCES = {
  throttle: {
    description: 'Graph answers 429 with Retry-After, and refuses again whoever comes back before.',
    touches: 'requests',
    basis: 'documented',
    source:
      'throttling page of Graph, 2020 on; in 2019 calls were not among what sends Retry-After; that each app is held to it by itself, and early ones are refused again, is an assumption',
  },
  'server-error': {
    description: 'A service answers with a status of 500 and above.',
    touches: 'requests',
    basis: 'documented',
    source: 'page on errors of Graph, 2019, for 500, 503 and 504; that a gateway answers 502 is an assumption',
  },
  latency: {
    description: 'A service does at once what it is asked for, and answers late.',
    touches: 'requests',
    basis: 'assumption',
    source: 'no page says how soon Graph answers, or that a notification waits for the answer',
  },
  reset: {
    description: 'The connection breaks off before the answer.',
    touches: 'requests',
    basis: 'assumption',
    source: 'any connection can end so',
  },
  'notification-lost': {
    description: 'A notification is never posted.',
    touches: 'notifications',
    basis: 'observed',
    source: 'microsoft-graph-comms-samples issue 824, of rosters',
  },
  'notification-doubled': {
    description: 'A notification is posted twice, one after the other.',
    touches: 'notifications',
    basis: 'assumption',
    source: 'no page excludes it, and clients are expected to bear it (CC-51)',
  },
  'notifications-reordered': {
    description: 'A notification comes after the next of its call.',
    touches: 'notifications',
    basis: 'documented',
    source: 'notes of pages of 2023, of establishing and established (E-66); of others it is an assumption',
  },
  'notification-delayed': {
    description: 'A notification comes late, perhaps after later ones.',
    touches: 'notifications',
    basis: 'observed',
    source: 'microsoft-graph-comms-samples issue 824, of rosters',
  },
  'notifications-packed': {
    description: 'A notification comes in one post with the next of its call.',
    touches: 'notifications',
    basis: 'documented',
    source: 'resource page commsNotification, 2019: value is an array; that it is used so is an assumption',
  },
} as const satisfies Readonly<Record<string, Disturbance>>

export type DisturbanceName = keyof typeof DISTURBANCES

interface ServerError extends Sourced {
  /** What Graph says in `error`; null: a gateway answers, without words of Graph. */
  readonly error: { readonly code: string; readonly message: string } | null
}

/** The answers of `server-error`, by status. */
export const SERVER_ERRORS = {
  500: {
    error: { code: '9999', message: 'Unkown internal Server Error.' },
    basis: 'observed',
    source: 'microsoft-graph-comms-samples issue 413 and microsoft-graph-docs issue 16084, so spelt',
  },
  502: { error: null, basis: 'assumption', source: 'not among the statuses of Graph; a gateway before it may answer so' },
  503: {
    error: { code: 'serviceNotAvailable', message: 'The service is not available. Try the request again after a delay.' },
    basis: 'documented',
    source: 'page on errors of Graph, 2019, for status and code; the message is an assumption',
  },
  504: { error: null, basis: 'assumption', source: 'among the statuses of Graph, with no words that are known' },
} as const satisfies Readonly<Record<number, ServerError>>
