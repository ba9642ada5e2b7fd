// Deviations in how Graph answers a create, a get and a delete: status, headers, media type, and what happens to the call.
import { without } from '../../contract/json'
import { still } from '../../simulator/core/commands'
import type { Wrap } from '../../simulator/wrapping'
import { decisions, refuseCreate } from '../wrap/core'
import {
  appHosted,
  bodiesWith,
  changed,
  created,
  inMeeting,
  requests,
  responses,
  responsesWith,
  UNKNOWN_ID,
} from '../wrap/responses'
import { deviationsFrom, missing, refusedWith } from './rows'

const location = (rewrite: (location: string) => string | null): Wrap =>
  responsesWith(201, (response) => changed(response, { headers: { location: rewrite(response.headers.get('location') ?? '') } }))

const ERROR = JSON.stringify({ error: { code: '9999', message: 'Unkown internal Server Error.' } })

const gotten = (members: Readonly<Record<string, string>>): Wrap =>
  bodiesWith(200, (call, _, { method, url }) =>
    method === 'GET' && /\/calls\/[^/]+$/.test(url) ? { ...call, ...members } : call,
  )

const gone = (code: string, status = 404): Wrap =>
  responsesWith(404, (response) =>
    changed(response, { status, body: JSON.stringify({ error: { code, message: 'Call not found.' } }) }),
  )

const deleted = (status: number, body?: string): Wrap =>
  responsesWith(204, (response) => changed(response, body === undefined ? { status } : { status, body }))

/** Ends every call when one is deleted. */
const deletionEndsAll = decisions((decision, command, again) => {
  if (command.kind !== 'delete' || decision.answer.kind !== 'deleted') return decision
  let { state } = decision
  const effects = [...decision.effects]
  for (const { id } of decision.state.calls.values()) {
    const ended = again({ kind: 'hang-up', callId: id }, state)
    state = ended.state
    effects.push(...ended.effects)
  }
  return { ...decision, state, effects }
})

/** Treats every app as the owner of a call. */
const ownedByAll =
  (kind: string): Wrap =>
  ({ decide }) => ({
    decide: (state, command, env) => {
      if (!('caller' in command) || !('callId' in command) || command.kind !== kind) return decide(state, command, env)
      const appId = state.calls.get(command.callId)?.appId ?? command.caller.appId
      return decide(state, { ...command, caller: { ...command.caller, appId } }, env)
    },
  })

/** For each status with which Graph refuses, a page of a gateway in place of its error. */
const refusalsOtherThanJson = Object.fromEntries(
  [400, 401, 403, 404].map((status) => [
    `refusal-${status}-as-a-page`,
    [
      `The body of a ${status} is an HTML page.`,
      /not JSON.* \(text\/html/,
      responsesWith(status, (response) =>
        changed(response, { headers: { 'content-type': 'text/html' }, body: '<!doctype html><title>Refused</title>' }),
      ),
    ] as const,
  ]),
)

export const RESPONSES = deviationsFrom({
  'CC-01': {
    'create-forgotten': [
      'Graph answers 201 and makes no call.',
      missing('call is establishing'),
      decisions(({ answer, ...rest }, command, _, state) =>
        command.kind === 'create' && answer.kind === 'created' ? still(state, answer) : { answer, ...rest },
      ),
    ],
    'join-refused': ['Graph refuses every join.', refusedWith(400), refuseCreate(inMeeting)],
    'app-media-refused': ['Graph refuses calls with media of the application.', refusedWith(400), refuseCreate(appHosted)],
    'create-at-another-path': [
      'Graph creates calls under another path than /app/calls.',
      /status 400/,
      ({ graph }) => ({
        graph: (request) =>
          graph(request.method === 'POST' ? new Request(request.url.replace(/\/app\/calls$/, '/app/call'), request) : request),
      }),
    ],
  },
  'CC-02': {
    'create-fails': [
      'Graph answers a valid create 500.',
      /answered 500/,
      created({ status: 500, body: ERROR, headers: { 'content-type': 'application/json' } }),
    ],
    'created-200': ['Graph answers a create 200.', /status 200/, created({ status: 200 })],
    'created-202': ['Graph answers a create 202 without a body.', /status 202/, created({ status: 202, body: null })],
    'created-empty': ['The 201 has no body.', /a body that is not JSON/, created({ body: null })],
  },
  'CC-03': {
    'location-missing': ['The 201 has no Location.', /no Location/, location(() => null)],
    'location-relative': ['The Location is a path.', /Location \/beta/, location((url) => new URL(url).pathname)],
    'location-foreign': [
      'The Location is on another host.',
      /Location https:\/\/graph\.contoso/,
      location((url) => url.replace(new URL(url).host, 'graph.contoso.com')),
    ],
    'location-of-no-call': [
      'The Location is that of all calls.',
      /Location .*\/calls;/,
      location((url) => url.replace(/\/[^/]*$/, '')),
    ],
    'location-of-another-call': [
      'The Location has the id of another call.',
      /Location .*00000000/,
      location((url) => url.replace(/[^/]*$/, UNKNOWN_ID)),
    ],
    'location-of-a-user': [
      'The Location is under another path than the request.',
      /Location .*\/me\//,
      location((url) => url.replace('/app/', '/me/')),
    ],
    'location-in-parentheses': [
      'The Location has the id as a key in parentheses.',
      /Location .*\(/,
      location((url) => url.replace(/\/([^/]*)$/, "('$1')")),
    ],
  },
  'CC-04': {
    'answer-not-json': [
      'The 201 has an HTML page as its body.',
      /not JSON|content type text\/html/,
      created({ headers: { 'content-type': 'text/html' }, body: '<!doctype html><title>Created</title>' }),
    ],
    'answer-as-text': [
      'The 201 has its JSON as plain text.',
      /content type text\/plain/,
      created({ headers: { 'content-type': 'text/plain; charset=utf-8' } }),
    ],
    'answer-untyped': ['The 201 has no content type.', /content type none/, created({ headers: { 'content-type': null } })],
    'answer-with-trailing-comma': [
      'The 201 has a comma after the last member, as the page prints it.',
      /not JSON/,
      responsesWith(201, async (response) => changed(response, { body: (await response.text()).replace(/}$/, ',}') })),
    ],
    ...refusalsOtherThanJson,
    'call-given-as-text': [
      'Graph answers the question for a call in plain text.',
      /content type text\/plain/,
      responses((response, _, { method }) =>
        method === 'GET' && response.status === 200 ? changed(response, { headers: { 'content-type': 'text/plain' } }) : response,
      ),
    ],
    'refusal-typed-as-problem': [
      'Refusals have the media type of problem details (RFC 9457).',
      /content type application\/problem\+json/,
      responses((response) =>
        response.status < 400 ? response : changed(response, { headers: { 'content-type': 'application/problem+json' } }),
      ),
    ],
    'charset-refused': [
      'Graph refuses a content type with a parameter.',
      /status 400/,
      requests((body, type) => (type?.includes(';') ? { body, type: 'text/plain' } : null)),
    ],
  },
  'CC-29': {
    'call-not-given': [
      'A get of a call that exists does not find it.',
      /answered 404/,
      decisions((decision, command, again) => (command.kind === 'get' ? again({ ...command, callId: UNKNOWN_ID }) : decision)),
    ],
    'another-call-given': ['A get returns another call.', /\bid: documented/, gotten({ id: UNKNOWN_ID })],
    'call-given-without-state': [
      'A get returns a call without its state.',
      /state: documented/,
      bodiesWith(200, (call, _, { method, url }) =>
        method === 'GET' && /\/calls\/[^/]+$/.test(url) ? without(call, 'state') : call,
      ),
    ],
    'call-given-established': [
      'A get returns a ringing call as established.',
      /state: documented/,
      gotten({ state: 'established' }),
    ],
    'deleted-200': ['Graph answers a delete 200.', /answered 200/, deleted(200, '{}')],
    'deleted-202': ['Graph answers a delete 202.', /answered 202/, deleted(202)],
    'call-outlives-deletion': [
      'Graph answers a delete 204 and keeps the call.',
      /Graph answers 200/,
      decisions((decision, command, _, state) => (command.kind === 'delete' ? { ...decision, state, effects: [] } : decision)),
    ],
    'deletion-ends-every-call': [
      'A delete ends the calls of others too.',
      /the GET of the call was answered 404/,
      deletionEndsAll,
    ],
    'gone-410': ['Graph answers 410 for a call that has ended.', /Graph answers 410/, gone('8522', 410)],
    'gone-under-another-code': [
      'Graph answers another code for a call that has ended.',
      /Graph answers 404 NotFound/,
      gone('NotFound'),
    ],
    'gone-without-error': [
      'Graph answers 404 without an error for a call that has ended.',
      /answers 404; expected: 404 8522/,
      responsesWith(404, (response) => changed(response, { body: '{}' })),
    ],
  },
  'CC-29b': {
    'call-given-to-all': ['Any app that knows the id of a call can get it.', /Graph answers 200/, ownedByAll('get')],
    'call-ended-by-all': [
      'Any app that knows the id of a call can delete it.',
      /answered 204|Graph answers 204/,
      ownedByAll('delete'),
    ],
  },
})
