// Which requests Graph documents, as tables with a source a row: those that the simulator plays, and those that it answers with 501.
import { CALL_OPERATIONS } from '../core/call-operations'
import { documented, observed, type Sourced } from '../core/provenance'

/** The roots under which calls live; one core serves them all, and each has its own form of messages (revisions.ts). */
export const CALLS_ROOTS = ['/beta/app/calls', '/beta/communications/calls', '/v1.0/communications/calls'] as const
export type CallsRoot = (typeof CALLS_ROOTS)[number]

/** Where an online meeting is looked up by its conference id (documented: page "Get onlineMeeting" of 2019, beta). */
export const ONLINE_MEETINGS = '/beta/app/onlineMeetings'

/** A request that Graph documents: `GET /:id/participants` below each root of calls, or a whole path. */
interface DocumentedRoute extends Sourced {
  readonly route: string
  /** What the simulator does with it; null where it does not play it. */
  readonly what: string | null
  /** What a bot's author can do about a request that is not played; null: what `unplayed` says. */
  readonly instead: string | null
  /** The roots below which it is played, where its pages are not those of every root; below the others it is answered 501. */
  readonly roots?: readonly CallsRoot[]
}

const played = (route: string, what: string, source: string): DocumentedRoute => ({
  route,
  what,
  instead: null,
  ...documented(source),
})
const playedBelow = (roots: readonly CallsRoot[], ...[route, what, source]: Parameters<typeof played>): DocumentedRoute => ({
  ...played(route, what, source),
  instead: `Calls created at ${roots.join(' and ')} have it.`,
  roots,
})
const known = (source: string, instead: string | null, ...routes: readonly string[]): readonly DocumentedRoute[] =>
  routes.map((route) => ({ route, what: null, instead, ...documented(source) }))

const PAGES_2019 = 'page of this operation, November 2019'
const LATER = 'page of this operation, after November 2019'

const BY_CONTROL_API = 'Let people join, leave and mute themselves by the control API.'
const BY_WORLD_FILE = 'Write the meeting into the world file (--seed), and join it by its coordinates.'

/** The roots whose pages have content sharing. */
const SHARING_ROOTS: readonly CallsRoot[] = ['/beta/communications/calls', '/v1.0/communications/calls']
const EVERY_ROOT: readonly CallsRoot[] = CALLS_ROOTS

/** The commands of the core by the requests that run them, apart from create, the operations of the table and the look-up. */
export const MODELLED = [
  { method: 'GET', path: '', kind: 'get', roots: EVERY_ROOT },
  { method: 'DELETE', path: '', kind: 'delete', roots: EVERY_ROOT },
  { method: 'POST', path: '/keepAlive', kind: 'keep-alive', roots: EVERY_ROOT },
  { method: 'GET', path: '/participants', kind: 'participants', roots: EVERY_ROOT },
  { method: 'GET', path: '/contentSharingSessions', kind: 'content-sharing-sessions', roots: SHARING_ROOTS },
] as const

/** One content sharing session of a call. */
export const SESSION = { path: '/contentSharingSessions/:session', roots: SHARING_ROOTS } as const

/** The one participant of a call. */
export const PARTICIPANT = '/participants/:participant'

const OPERATIONS = Object.entries(CALL_OPERATIONS).map(([name, { what, source }]) => played(`POST /:id/${name}`, what, source))

/** Requests at and below a root of calls. */
const ON_CALLS: readonly DocumentedRoute[] = [
  played('POST', 'create a call', 'page "Create call" of November 2019'),
  played('GET /:id', 'the call', 'page "Get call" of 2019'),
  played('DELETE /:id', 'hang up', 'page "Delete call" of 2019'),
  played(
    'POST /:id/keepAlive',
    '200; below /communications a call that receives none for 45 minutes ends (408/8537), below /app none does (E-74)',
    'pages "call: keepAlive" of January 2020 and 2023, and "Delete call"',
  ),
  played(
    'GET /:id/participants',
    'the roster as the bot sees it; empty in a call between two',
    'page "List participants" of 2019',
  ),
  played('GET /:id/participants/:participant', 'one participant', 'page "Get participant" of 2019'),
  playedBelow(
    SHARING_ROOTS,
    'GET /:id/contentSharingSessions',
    'the sessions in which people share content now; 501 below /app, whose pages do not have them',
    'page "List contentSharingSessions" of 2023',
  ),
  playedBelow(
    SHARING_ROOTS,
    `GET /:id${SESSION.path}`,
    'one session; 501 below /app',
    'page "Get contentSharingSession" of 2023; that an unknown one is answered 404 is an assumption',
  ),
  ...OPERATIONS,
  ...[
    ...known(
      PAGES_2019,
      'The simulator does not ring the bot: test incoming calls on a tenant.',
      'POST /:id/answer',
      'POST /:id/reject',
      'POST /:id/redirect',
    ),
    ...known(
      PAGES_2019,
      null,
      'POST /:id/transfer',
      'POST /:id/playPrompt',
      'POST /:id/record',
      'POST /:id/cancelMediaProcessing',
      'POST /:id/subscribeToTone',
      'POST /:id/mute',
      'POST /:id/unmute',
      'POST /:id/changeScreenSharingRole',
      'POST /:id/updateMetadata',
    ),
    ...known(
      LATER,
      null,
      'POST /:id/recordResponse',
      'POST /:id/updateRecordingStatus',
      'POST /:id/sendDtmfTones',
      'POST /:id/addLargeGalleryView',
    ),
    ...known(LATER, BY_CONTROL_API, 'DELETE /:id/participants/:participant'),
    ...known(
      PAGES_2019,
      BY_CONTROL_API,
      'POST /:id/participants/invite',
      'POST /:id/participants/muteAll',
      'POST /:id/participants/:participant/mute',
    ),
    ...known(PAGES_2019, null, 'POST /:id/participants/configureMixer'),
    ...known(
      LATER,
      null,
      'POST /:id/participants/:participant/startHoldMusic',
      'POST /:id/participants/:participant/stopHoldMusic',
    ),
    ...known(
      PAGES_2019,
      null,
      'GET /:id/audioRoutingGroups',
      'POST /:id/audioRoutingGroups',
      'GET /:id/audioRoutingGroups/:group',
      'PATCH /:id/audioRoutingGroups/:group',
      'DELETE /:id/audioRoutingGroups/:group',
    ),
    ...known('metadata of November 2019, and the page of an operation of 2022', null, 'GET /:id/operations/:operation'),
    ...known('metadata of August 2026', null, 'GET /:id/operations', 'POST /logTeleconferenceDeviceQuality'),
  ].filter(({ route }) => !OPERATIONS.some((one) => one.route === route)),
]

/** Requests by their whole path. */
const ELSEWHERE: readonly DocumentedRoute[] = [
  played(`GET ${ONLINE_MEETINGS}/:id`, 'a meeting, by its conference id', 'page "Get onlineMeeting" of 2019'),
  {
    route: `POST ${ONLINE_MEETINGS}`,
    what: null,
    instead: BY_WORLD_FILE,
    ...observed('microsoft-graph-docs issue 6288 of 12 November 2019'),
  },
  ...known(
    'page "Get onlineMeeting" of 2019',
    `Look the meeting up at ${ONLINE_MEETINGS}.`,
    'GET /beta/applications/:application/onlineMeetings/:meeting',
  ),
  ...known(
    'first beta pages of calls, November 2018',
    `Calls are at ${CALLS_ROOTS[0]}.`,
    'POST /beta/applications/:application/calls',
    'GET /beta/applications/:application/calls/:call',
    'DELETE /beta/applications/:application/calls/:call',
  ),
]

/** A path that the documentation has, with the methods that it takes there. */
export interface KnownPath {
  /** With `:id` and the like for what varies. */
  readonly path: string
  readonly routes: readonly (DocumentedRoute & { readonly method: string })[]
}

/** The routes below a root: what other roots alone have is not played there. */
function below(root: CallsRoot, routes: readonly DocumentedRoute[]): readonly DocumentedRoute[] {
  return routes.map((one) => (one.roots?.includes(root) === false ? { ...one, what: null } : one))
}

function byPath(root: string, routes: readonly DocumentedRoute[]): readonly KnownPath[] {
  const paths = new Map<string, (DocumentedRoute & { readonly method: string })[]>()
  for (const one of routes) {
    const [method = '', path = ''] = one.route.split(' ')
    paths.set(root + path, [...(paths.get(root + path) ?? []), { ...one, method }])
  }
  // What is written out comes before what varies: an action of a collection before the member with that id.
  return [...paths]
    .map(([path, own]) => ({ path, routes: own }))
    .sort((one, other) => placeholders(one.path) - placeholders(other.path))
}

const placeholders = (path: string) => path.split(':').length

/** Every path of the two tables, below every root. */
export const KNOWN_PATHS: readonly KnownPath[] = [
  ...CALLS_ROOTS.flatMap((root) => byPath(root, below(root, ON_CALLS))),
  ...byPath('', ELSEWHERE),
]

/** What begins with these segments exists in Graph, and is not played below them unless a table above has it. */
interface Segments extends Sourced {
  /** `/beta`, or a path in it. */
  readonly below: string
  readonly names: readonly string[]
  readonly instead: string | null
}

const words = (text: string) => text.trim().split(/\s+/)
const METADATA_2019 = 'metadata of 5 November 2019'
const METADATA_2026 = 'metadata of August 2026'
const BATCHING = 'page "JSON batching" of 2019'
const IN_TURN = 'Send the requests of the batch one by one.'
const PEOPLE = 'People, meetings and apps stand in the world file (--seed): take their ids from there.'

const PEOPLE_2019 = 'users groups me applications servicePrincipals organization contacts'
const OTHERS_2019 = {
  'v1.0': `invitations identityProviders certificateBasedAuthConfiguration directoryObjects devices domains domainDnsRecords
    directoryRoles directoryRoleTemplates groupSettings groupSettingTemplates subscribedSkus contracts workbooks drives shares sites
    schemaExtensions groupLifecyclePolicies dataPolicyOperations subscriptions teams auditLogs directory education drive
    deviceAppManagement deviceManagement reports planner security appCatalogs`,
  beta: `invitations activitystatistics applicationTemplates bookingBusinesses bookingCurrencies identityProviders directoryObjects
    permissionGrants administrativeUnits allowedDataLocations appRoleAssignments certificateBasedAuthConfiguration devices domains
    domainDnsRecords directoryRoles directoryRoleTemplates directorySettingTemplates oauth2PermissionGrants scopedRoleMemberships
    settings subscribedSkus policies contracts workbooks places drives shares sites schemaExtensions onPremisesPublishingProfiles
    groupLifecyclePolicies functions filterOperators directories accessPackageCatalogs accessPackageResources
    accessPackageResourceRequests accessPackageResourceRoleScopes accessPackages accessPackageAssignmentPolicies
    accessPackageAssignments accessPackageAssignmentRequests accessPackageAssignmentResourceRoles accessReviews businessFlowTemplates
    accessReviewDecisions programs programControls programControlTypes approvalWorkflowProviders agreements agreementAcceptances
    identityRiskEvents impossibleTravelRiskEvents leakedCredentialsRiskEvents anonymousIpRiskEvents suspiciousIpRiskEvents
    unfamiliarLocationRiskEvents malwareRiskEvents riskDetections riskyUsers privilegedAccess governanceResources governanceSubjects
    governanceRoleDefinitions governanceRoleAssignments governanceRoleAssignmentRequests governanceRoleSettings privilegedRoles
    privilegedRoleAssignments privilegedOperationEvents privilegedSignupStatus privilegedApproval privilegedRoleAssignmentRequests
    dataPolicyOperations commands payloadResponse subscriptions connections teams teamsTemplates chats auditLogs reports identity
    trustFramework dataClassification informationProtection roleManagement directory education drive identityGovernance
    entitlementManagement conditionalAccess deviceManagement deviceAppManagement officeConfiguration search financials planner security
    external appCatalogs teamwork`,
} as const
const SINCE_2019 = {
  'v1.0': `agreementAcceptances agreements applicationTemplates appRoleAssignments authenticationMethodConfigurations chats connections
    filterOperators functions oauth2PermissionGrants permissionGrants places scopedRoleMemberships servicePrincipals teamsTemplates admin
    authenticationMethodsPolicy compliance copilot employeeExperience external identity identityGovernance identityProtection
    informationProtection policies print privacy roleManagement search solutions storage teamwork tenantRelationships`,
  communications: 'callRecords presences adhocCalls onlineMeetingConversations getAllOnlineMeetingMessages',
} as const

const segments = (below: string, names: string, source: string, instead: string | null = null): Segments => ({
  below,
  names: words(names),
  instead,
  ...documented(source),
})

/** First segments of both versions, and what lies below `app` and `communications`. */
export const SEGMENTS: readonly Segments[] = [
  ...(['/v1.0', '/beta'] as const).flatMap((version) => [
    segments(version, '$batch', BATCHING, IN_TURN),
    segments(version, '$metadata', 'OData 4.0, part 1, section 11.1.2'),
    segments(version, PEOPLE_2019, METADATA_2019, PEOPLE),
    segments(version, 'communications', METADATA_2019),
    segments(`${version}/communications`, 'onlineMeetings', METADATA_2019, BY_WORLD_FILE),
    segments(`${version}/communications`, 'getPresencesByUserId', METADATA_2019),
    segments(`${version}/communications`, SINCE_2019.communications, METADATA_2026),
  ]),
  segments('/v1.0', OTHERS_2019['v1.0'], METADATA_2019),
  segments('/v1.0', SINCE_2019['v1.0'], METADATA_2026),
  segments('/beta', OTHERS_2019.beta, METADATA_2019),
  segments('/beta', 'app', METADATA_2019),
]

/** A request that Graph documents; `what` the simulator does with it, null where it answers 501. */
export interface DocumentedRequest extends Sourced {
  readonly route: string
  readonly what: string | null
}

/** Every request of the tables, `{id}` below one of the roots of calls unless the whole path is written; what is played comes first. */
export const REQUESTS: readonly DocumentedRequest[] = [
  ...[...ON_CALLS, ...ELSEWHERE].map((one) => ({ ...one, route: one.route.replaceAll(/:(\w+)/g, '{$1}') })),
  ...SEGMENTS.map(({ below, names, ...row }) => ({
    ...row,
    route: names.map((name) => `${below}/${name}`).join(', '),
    what: null,
  })),
].sort((one, other) => Number(one.what === null) - Number(other.what === null))
