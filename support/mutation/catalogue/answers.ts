// Deviations in how a create is answered: status, address, media type, and whether a call comes of it at all.
import type { JsonObject } from '../../contract/json'
import { still } from '../../simulator/core/commands'
import type { Deviation } from '../../simulator/wrapping'
import { asked, breaks, created, NOBODY, newCall, objectAt, otherwise } from '../wrap/breaks'
import { deciding } from '../wrap/deciding'

const ofAppHostedMedia = (sent: JsonObject) =>
  objectAt(sent, 'mediaConfig')['@odata.type'] === '#microsoft.graph.appHostedMediaConfig'

const located = (rewrite: (location: string) => string | null) =>
  created((response) => otherwise(response, { headers: { location: rewrite(response.headers.get('location') ?? '') } }))

const as = (to: Parameters<typeof otherwise>[1]) => created((response) => otherwise(response, to))

const ERROR = JSON.stringify({ error: { code: '9999', message: 'Unkown internal Server Error.' } })

const ended = (id: string) => id.slice(id.lastIndexOf('/') + 1)

/** The call is answered and forgotten. */
const forgotten = deciding((decision, command, _, state) =>
  command.kind === 'create' && decision.answer.kind === 'created' ? still(state, decision.answer) : decision,
)

/** A create that the core would allow is refused where the request is picked. */
export const refusedIf = (refuses: (sent: JsonObject) => boolean) =>
  deciding((decision, command, _, state) =>
    command.kind === 'create' && decision.answer.kind === 'created' && refuses(command.body)
      ? still(state, { kind: 'refused', refusal: { error: 'invalidRequest', detail: null, diagnosis: 'deviates: refused' } })
      : decision,
  )

export const ANSWERS: readonly Deviation[] = [
  breaks(
    'CC-01',
    'create-forgotten',
    'The 201 is answered, and no call comes of it.',
    /call is establishing did not come/,
    forgotten,
  ),
  breaks(
    'CC-01',
    'join-refused',
    'Whoever joins a meeting is told that the request lacks a target.',
    /the request has status 400/,
    refusedIf(({ meetingInfo }) => meetingInfo !== undefined),
  ),
  breaks(
    'CC-01',
    'app-media-refused',
    'A call whose media the application hosts is refused.',
    /the request has status 400/,
    refusedIf(ofAppHostedMedia),
  ),
  breaks(
    'CC-01',
    'create-at-another-path',
    'Calls are created under another path than /app/calls.',
    /the request has status 400/,
    ({ graph }) => ({
      graph: (request) =>
        graph(request.method === 'POST' ? new Request(request.url.replace(/\/app\/calls$/, '/app/call'), request) : request),
    }),
  ),
  breaks(
    'CC-02',
    'create-fails',
    'A create that is in order is answered 500.',
    /answered 500/,
    as({ status: 500, body: ERROR, headers: { 'content-type': 'application/json' } }),
  ),
  breaks('CC-02', 'created-200', 'A create is answered 200 in place of 201.', /status 200/, as({ status: 200 })),
  breaks(
    'CC-02',
    'created-202',
    'A create is answered 202 with no body, and the call comes later.',
    /status 202/,
    as({ status: 202, body: null }),
  ),
  breaks('CC-02', 'created-empty', 'The 201 has no body.', /a body that is no JSON/, as({ body: null })),
  breaks(
    'CC-02',
    'created-in-a-list',
    'The 201 has the call inside of a list under "value".',
    /\bid: documented the id of the call, made by the service, came nothing/,
    newCall((call) => ({ value: [call] })),
  ),
  breaks(
    'CC-02',
    'created-operation',
    'The 201 has an operation for a body in place of a call.',
    /@odata\.type: documented "#microsoft\.graph\.call"/,
    newCall(({ id }) => ({
      '@odata.type': '#microsoft.graph.commsOperation',
      id: id ?? null,
      status: 'completed',
      state: 'establishing',
    })),
  ),
  breaks(
    'CC-02',
    'created-error',
    'The 201 has an error for a body.',
    /\bid: documented the id of the call, made by the service, came nothing/,
    as({ body: ERROR }),
  ),
  breaks(
    'CC-03',
    'location-missing',
    'The 201 carries no Location.',
    /no Location/,
    located(() => null),
  ),
  breaks(
    'CC-03',
    'location-relative',
    'The Location is a path without a host.',
    /Location \/beta/,
    located((location) => new URL(location).pathname),
  ),
  breaks(
    'CC-03',
    'location-foreign',
    'The Location is on another host.',
    /Location https:\/\/graph\.contoso/,
    located((location) => location.replace(new URL(location).host, 'graph.contoso.com')),
  ),
  breaks(
    'CC-03',
    'location-of-no-call',
    'The Location is that of all calls, without the id of the new one.',
    /Location .*\/calls;/,
    located((location) => location.replace(/\/[^/]*$/, '')),
  ),
  breaks(
    'CC-03',
    'location-of-another-call',
    'The Location ends in an id that is not that of the new call.',
    /Location .*00000000/,
    located((location) => location.replace(ended(location), NOBODY)),
  ),
  breaks(
    'CC-03',
    'location-of-a-user',
    'The Location lies under a path that the request was not sent to.',
    /Location .*\/me\//,
    located((location) => location.replace('/app/', '/me/')),
  ),
  breaks(
    'CC-03',
    'location-in-parentheses',
    'The Location has the id as a key in parentheses.',
    /Location .*\(/,
    located((location) => location.replace(/\/([^/]*)$/, "('$1')")),
  ),
  breaks(
    'CC-04',
    'answer-not-json',
    'The 201 has a page of HTML for a body.',
    /no JSON|content type text\/html/,
    as({ headers: { 'content-type': 'text/html' }, body: '<!doctype html><title>Created</title>' }),
  ),
  breaks(
    'CC-04',
    'answer-as-text',
    'The 201 has its JSON under the type of plain text.',
    /content type text\/plain/,
    as({ headers: { 'content-type': 'text/plain; charset=utf-8' } }),
  ),
  breaks(
    'CC-04',
    'answer-untyped',
    'The 201 does not say of what type its body is.',
    /content type none/,
    as({ headers: { 'content-type': null } }),
  ),
  breaks(
    'CC-04',
    'answer-with-trailing-comma',
    'The 201 has a comma after the last member, as the page prints it.',
    /no JSON/,
    created(async (response) => otherwise(response, { body: (await response.text()).replace(/}$/, ',}') })),
  ),
  breaks(
    'CC-04',
    'charset-refused',
    'A request whose content type has a parameter is refused.',
    /status 400/,
    asked((body, request) => (request.headers.get('content-type')?.includes(';') ? { body, type: 'text/plain' } : null)),
  ),
]
