// The catalogue of deviations: each breaks one rule, so that the suite can be shown to see it.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import type { Notification } from '../runtime/outbox'
import type { Armament, Deviation, Twin, Wrap } from './deviation'

/** The one change that a post of the simulator carries. */
const changeOf = ({ body }: Notification): JsonObject => (body.value as Json[])[0] as JsonObject

const stateOf = (notification: Notification): Json | undefined => {
  const { resourceData } = changeOf(notification)
  return isObject(resourceData) ? resourceData.state : undefined
}

/** A notification whose roster is rewritten; any other comes back as it is. */
function withRoster(
  notification: Notification,
  rewrite: (participants: readonly JsonObject[]) => readonly JsonObject[],
): Notification {
  const change = changeOf(notification)
  if (!Array.isArray(change.resourceData)) return notification
  return {
    ...notification,
    body: { ...notification.body, value: [{ ...change, resourceData: rewrite(change.resourceData as JsonObject[]) }] },
  }
}

/** Rewrites or drops notifications; `make` is asked once per simulator, so that what it remembers is that simulator's own. */
const rewritten =
  (make: () => (notification: Notification) => Notification | null): Wrap =>
  ({ post }) => {
    const rewrite = make()
    return {
      post: (notification) => {
        const next = rewrite(notification)
        if (next !== null) post(next)
      },
    }
  }

const created =
  (answer: (response: Response) => Promise<Response> | Response): Wrap =>
  ({ graph }) => ({
    graph: async (request) => {
      const response = await graph(request)
      return response.status === 201 ? answer(response) : response
    },
  })

export const BEHAVIOURS: readonly Deviation[] = [
  {
    id: 'location-missing',
    requirement: 'CC-03',
    description: 'The 201 carries no Location.',
    names: /Location/,
    wrap: created((response) => {
      const headers = new Headers(response.headers)
      headers.delete('location')
      return new Response(response.body, { status: response.status, headers })
    }),
  },
  {
    id: 'roster-row-missing',
    requirement: 'CC-48',
    description: 'The roster lacks the last who came, the bot itself.',
    names: /the bot on the roster/,
    wrap: rewritten(() => (notification) => withRoster(notification, (participants) => participants.slice(0, -1))),
  },
  {
    id: 'established-missing',
    requirement: 'CC-43',
    description: 'The call is never notified as established.',
    names: /established/,
    wrap: rewritten(() => (notification) => (stateOf(notification) === 'established' ? null : notification)),
  },
  {
    id: 'lobby-flag-stuck',
    requirement: 'CC-63',
    description: 'A guest who waited stays marked as in the lobby after admission.',
    names: /in the lobby/,
    wrap: rewritten(() => {
      const waited = new Set<Json | undefined>()
      return (notification) =>
        withRoster(notification, (participants) =>
          participants.map((participant) => {
            if (participant.isInLobby === true) waited.add(participant.id)
            return waited.has(participant.id) ? { ...participant, isInLobby: true } : participant
          }),
        )
    }),
  },
  {
    id: 'answer-not-json',
    requirement: 'CC-04',
    description: 'The 201 has a page of HTML for a body.',
    names: /no JSON/,
    wrap: created((response) => {
      const headers = new Headers(response.headers)
      headers.set('content-type', 'text/html')
      return new Response('<!doctype html><title>Created</title>', { status: response.status, headers })
    }),
  },
  {
    id: 'create-fails',
    requirement: 'CC-02',
    description: 'A create that is in order is answered 500.',
    names: /500/,
    wrap: created(
      () =>
        new Response(JSON.stringify({ error: { code: '9999', message: 'Unkown internal Server Error.' } }), {
          status: 500,
          headers: { 'content-type': 'application/json' },
        }),
    ),
  },
]

export const TWINS: readonly Twin[] = Object.freeze([])

/** The deviation or twin with an id; undefined when the catalogue has none. */
export function armamentOf(id: string): Armament | undefined {
  return [...BEHAVIOURS, ...TWINS].find((one) => one.id === id)
}
