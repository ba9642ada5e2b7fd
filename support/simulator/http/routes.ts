// Which paths the simulated Graph serves, and which it only knows: those are answered 501, never as if they did not exist.
import { CALL_OPERATIONS } from '../core/call-operations'

/** The roots under which calls live; one core serves them all (the last two are drift from the page). */
export const CALLS_ROOTS = ['/beta/app/calls', '/beta/communications/calls', '/v1.0/communications/calls'] as const

/** Requests below a call that the documentation has, apart from those of `MODELLED`. */
const DOCUMENTED: readonly string[] = [
  'POST /answer',
  'POST /reject',
  'POST /redirect',
  'POST /transfer',
  'POST /playPrompt',
  'POST /record',
  'POST /recordResponse',
  'POST /cancelMediaProcessing',
  'POST /subscribeToTone',
  'POST /mute',
  'POST /unmute',
  'POST /changeScreenSharingRole',
  'POST /updateMetadata',
  'POST /updateRecordingStatus',
  'POST /sendDtmfTones',
  'POST /addLargeGalleryView',
  'DELETE /participants/:participant',
  'POST /participants/invite',
  'POST /participants/muteAll',
  'POST /participants/configureMixer',
  'POST /participants/:participant/mute',
  'POST /participants/:participant/startHoldMusic',
  'POST /participants/:participant/stopHoldMusic',
  'GET /audioRoutingGroups',
  'POST /audioRoutingGroups',
  'GET /audioRoutingGroups/:group',
  'PATCH /audioRoutingGroups/:group',
  'DELETE /audioRoutingGroups/:group',
  'GET /operations/:operation',
  'GET /contentSharingSessions',
]

const isPlayed = (route: string) => Object.keys(CALL_OPERATIONS).some((name) => route === `POST /${name}`)

/** Those that this simulator does not play, relative to the call. */
export const UNMODELLED = DOCUMENTED.filter((route) => !isPlayed(route))

/** Requests below a call that the simulator plays, apart from the operations of the table: the command of each, and what it does. */
export const MODELLED = [
  { method: 'GET', path: '', kind: 'get', what: 'the call' },
  { method: 'DELETE', path: '', kind: 'delete', what: 'hang up' },
  { method: 'POST', path: '/keepAlive', kind: 'keep-alive', what: '200; a call that receives none does not end' },
  {
    method: 'GET',
    path: '/participants',
    kind: 'participants',
    what: 'the roster as the bot sees it; empty in a call between two',
  },
] as const

/** Where an online meeting is looked up by its conference id (documented: page "Get onlineMeeting" of 2019, beta). */
export const ONLINE_MEETINGS = '/beta/app/onlineMeetings'

/** Known of online meetings, and not played. */
export const UNMODELLED_MEETINGS = ['/beta/applications/:application/onlineMeetings/:meeting'] as const

/** The one participant of a call. */
export const PARTICIPANT = '/participants/:participant'

/** Resource names, which do not depend on letter case; ids do (documented: concept page on calling the API). */
const NAMES = new Map(
  [
    ...CALLS_ROOTS,
    ONLINE_MEETINGS,
    ...MODELLED.map(({ path }) => path),
    PARTICIPANT,
    ...DOCUMENTED.map((route) => route.split(' ')[1] as string),
  ]
    .flatMap((path) => path.split('/'))
    .filter((segment) => segment !== '' && !segment.startsWith(':'))
    .map((segment) => [segment.toLowerCase(), segment]),
)

/** A request's path with its resource names as the routes write them, qualified names included (`microsoft.graph.answer`), without a slash at its end. */
export function canonicalPath(path: string): string {
  return path
    .replace(/(?<=.)\/+$/, '')
    .split('/')
    .map((segment) => NAMES.get(segment.toLowerCase().replace(/^microsoft\.graph\./, '')) ?? segment)
    .join('/')
}

/** The segment that Graph would name as not found: the first that leads away from the known roots. */
export function strangeSegment(path: string): string {
  const segments = canonicalPath(path).split('/').filter(Boolean)
  const roots = [...CALLS_ROOTS, ONLINE_MEETINGS].map((root) => root.split('/').filter(Boolean))
  const known = Math.max(...roots.map((root) => common(root, segments)))
  return segments[known] ?? segments.at(-1) ?? ''
}

function common(root: readonly string[], segments: readonly string[]): number {
  const differs = root.findIndex((segment, at) => segment !== segments[at])
  return differs === -1 ? root.length + 1 : differs
}

/** A request that Graph documents; `what` the simulator does with it, null where it answers 501. */
export interface DocumentedRequest {
  readonly route: string
  readonly what: string | null
}

/** Every request that the simulator knows, `{id}` below one of the roots of calls unless the whole path is written. */
export const REQUESTS: readonly DocumentedRequest[] = [
  { route: 'POST', what: 'create a call' },
  ...MODELLED.map(({ method, path, what }) => ({ route: `${method} /{id}${path}`, what })),
  { route: `GET /{id}${PARTICIPANT}`, what: 'one participant' },
  ...Object.entries(CALL_OPERATIONS).map(([name, { what }]) => ({ route: `POST /{id}/${name}`, what })),
  { route: `GET ${ONLINE_MEETINGS}/{id}`, what: 'a meeting, by its conference id' },
  ...UNMODELLED.map((route) => ({ route: route.replace(' ', ' /{id}'), what: null })),
  ...UNMODELLED_MEETINGS.map((path) => ({ route: `GET ${path}`, what: null })),
].map(({ route, what }) => ({ route: route.replaceAll(/:(\w+)/g, '{$1}'), what }))
