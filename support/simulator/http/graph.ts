// Serves the simulated Graph: routes requests to the core, and turns its answers into HTTP responses with the Graph error body.

import { type Context, Hono } from 'hono'
import type { Handler } from '../../contract/exchange'
import { urlOf } from '../../net/request-url'
import { textResponse } from '../../net/text-response'
import { CALL_OPERATIONS } from '../core/call-operations'
import type { Answer, BotCommand, Caller } from '../core/commands'
import { ERRORS, type Refusal, unplayed, writtenError } from '../core/errors'
import { readJsonObject } from './body'
import { explained } from './diagnosis'
import { CALLS_ROOTS, KNOWN_PATHS, MODELLED, ONLINE_MEETINGS, PARTICIPANT, SESSION } from './documented-requests'
import { type Entry, Notes, recorded } from './journal-requests'
import { readQuery, selected } from './query-options'
import { asPrinted, REVISIONS, type Revision, revisionAt } from './revisions'
import { canonicalPath, refusePath } from './routes'

/** Of every answer: the service's own id of the request, the client's, and the moment (milliseconds). */
interface Tracing {
  readonly requestId: string
  readonly clientRequestId: string | null
  readonly now: number
}

const CHALLENGE =
  'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"'

/**
 * A refusal as Graph answers it: `error` with code, message and innerError (the layout of 2019 reports, E-50).
 * @param headers of this refusal alone, such as Allow
 */
function refused({ error, detail }: Refusal, tracing: Tracing, headers: Readonly<Record<string, string>> = {}): Response {
  const { status } = ERRORS[error]
  const body = {
    error: {
      ...writtenError(error, detail),
      innerError: { 'request-id': tracing.requestId, date: new Date(tracing.now).toISOString().slice(0, 19) },
    },
  }
  return json(status, body, tracing, status === 401 ? { ...headers, 'www-authenticate': CHALLENGE } : headers)
}

/** The answer to a request of the bot. */
function answered(answer: Answer, tracing: Tracing): Response {
  switch (answer.kind) {
    case 'created':
      return json(201, answer.call, tracing, { location: answer.location })
    case 'call':
      return json(200, answer.call, tracing)
    case 'participants':
    case 'content-sharing-sessions':
      return json(200, answer.list, tracing)
    case 'content-sharing-session':
      return json(200, answer.session, tracing)
    case 'participant':
      return json(200, answer.participant, tracing)
    case 'online-meeting':
      return json(200, answer.meeting, tracing)
    case 'operation': {
      // The page of 2019 prints both times (documented).
      const time = `${new Date(tracing.now).toISOString().slice(0, 19)}Z`
      return json(200, { ...answer.operation, createdDateTime: time, lastActionDateTime: time }, tracing)
    }
    case 'alive':
      return new Response(null, { status: 200, headers: traced(tracing) })
    case 'refused':
      return refused(answer.refusal, tracing)
    case 'unfit':
      throw new Error(`a request of the bot was answered as one of the people: ${answer.reason}`)
    default:
      return new Response(null, { status: 204, headers: traced(tracing) })
  }
}

function json(status: number, body: unknown, tracing: Tracing, headers: Readonly<Record<string, string>> = {}): Response {
  return textResponse(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers, ...traced(tracing) },
  })
}

function traced({ requestId, clientRequestId, now }: Tracing): Record<string, string> {
  return {
    'request-id': requestId,
    date: new Date(now).toUTCString(),
    ...(clientRequestId === null ? {} : { 'client-request-id': clientRequestId }),
  }
}

export type { Handler }

interface GraphParts {
  /** The caller that an Authorization header identifies, or the refusal. */
  authenticate(authorization: string | null): Promise<Caller | Refusal>
  /** Runs a command of the bot through the core. */
  run(command: BotCommand): Answer
  newId(): string
  now(): number
  /** How each root writes its messages. Default: as its pages print them. */
  readonly revisions?: readonly Revision[]
  /** Writes into the journal how a request was answered, and why it was refused. */
  record(entry: Entry, request: Request): void
}

/** What a request meets: the parts of its simulator, and what is found out about it for the journal. */
type Serving = GraphParts & { readonly notes: Notes }
type GraphContext = Context<{ Bindings: Serving }>

export function graphHandler(parts: GraphParts): Handler {
  const notes = new Notes()
  const serving: Serving = { ...parts, notes }
  return recorded('graph', notes, async (request) => ROUTES.fetch(request, serving), parts.record)
}

/** Every simulator has the same routes; whose request it is comes with it. */
const ROUTES = routed()

function routed(): Hono<{ Bindings: Serving }> {
  const app = new Hono<{ Bindings: Serving }>({ getPath: (request) => canonicalPath(urlOf(request).pathname) })

  const tracing = ({ req, env }: GraphContext): Tracing => ({
    requestId: env.newId(),
    clientRequestId: req.header('client-request-id') ?? null,
    now: env.now(),
  })
  const refuse = (
    context: GraphContext,
    refusal: Refusal,
    caller: Caller | null = null,
    headers: Record<string, string> = {},
  ) => {
    const { raw } = context.req
    const { host } = urlOf(raw)
    const { notes, now } = context.env
    const diagnosis = explained(refusal, { headers: raw.headers, host, caller, now: now() })
    notes.add(raw, { error: writtenError(refusal.error).code, diagnosis })
    return refused(refusal, tracing(context), headers)
  }
  const serve = async (context: GraphContext, command: (caller: Caller) => Promise<BotCommand | Refusal>) => {
    const { authenticate, run, notes, revisions = REVISIONS } = context.env
    const caller = await authenticate(context.req.header('authorization') ?? null)
    if (isRefusal(caller)) return refuse(context, caller)
    notes.add(context.req.raw, { appId: caller.appId })
    const query = readQuery(context.req.raw.method, urlOf(context.req.raw).searchParams)
    if (isRefusal(query)) return refuse(context, query, caller)
    const next = await command(caller)
    if (isRefusal(next)) return refuse(context, next, caller)
    const callId = 'callId' in next ? next.callId : null
    if (callId !== null) notes.add(context.req.raw, { callId })
    const answer = selected(asPrinted(run(next), context.req.path, callId, revisions), query.select)
    if (isRefusal(answer)) return refuse(context, answer, caller)
    if (answer.kind === 'refused') return refuse(context, answer.refusal, caller)
    if (answer.kind === 'created') notes.add(context.req.raw, { callId: String(answer.call.id) })
    return answered(answer, tracing(context))
  }

  const notPlayed = (request: string, instead: string | null) => (context: GraphContext) =>
    refuse(context, unplayed(request, instead))
  /** Allow goes with every 405 (RFC 9110, 15.5.6). */
  const wrongMethod = (allowed: readonly string[]) => (context: GraphContext) => {
    const allow = allowed.join(', ')
    const diagnosis = `${context.req.method} is no method of this resource: it takes ${allow}`
    return refuse(context, { error: 'methodNotAllowed', detail: null, diagnosis }, null, { allow })
  }

  for (const root of CALLS_ROOTS) {
    app.post(root, (context) =>
      serve(context, async (caller) => {
        const read = await readJsonObject(context.req.raw)
        const { admits } = revisionAt(root)
        return isRefusal(read) ? read : { kind: 'create', caller, ...read, root: urlOf(context.req.raw).origin + root, admits }
      }),
    )
    for (const { method, path, kind, roots } of MODELLED) {
      if (!roots.includes(root)) continue
      app.on(method, `${root}/:id${path}`, (context) =>
        serve(context, async (caller) => ({ kind, caller, callId: context.req.param('id') ?? '' })),
      )
    }
    app.get(`${root}/:id${PARTICIPANT}`, (context) =>
      serve(context, async (caller) => {
        const { id = '', participant = '' } = context.req.param()
        return { kind: 'participant', caller, callId: id, participantId: participant }
      }),
    )
    if (SESSION.roots.includes(root))
      app.get(`${root}/:id${SESSION.path}`, (context) =>
        serve(context, async (caller) => {
          const { id = '', session = '' } = context.req.param()
          return { kind: 'content-sharing-session', caller, callId: id, sessionId: session }
        }),
      )
    for (const name of Object.keys(CALL_OPERATIONS)) {
      app.post(`${root}/:id/${name}`, (context) =>
        serve(context, async (caller) => {
          const read = await readJsonObject(context.req.raw)
          return isRefusal(read) ? read : { kind: 'operation', name, caller, callId: context.req.param('id') ?? '', ...read }
        }),
      )
    }
  }

  app.get(`${ONLINE_MEETINGS}/:id`, (context) =>
    serve(context, async (caller) => ({ kind: 'online-meeting', caller, conferenceId: context.req.param('id') })),
  )

  for (const { path, routes } of KNOWN_PATHS) {
    for (const { method, what, instead } of routes)
      if (what === null) app.on(method, path, notPlayed(`${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`, instead))
    app.all(path, wrongMethod(routes.map(({ method }) => method)))
  }
  app.notFound((context) => refuse(context, refusePath(context.req.method, canonicalPath(urlOf(context.req.raw).pathname))))
  // A fault of the simulator is said aloud as its own; it must never look like an answer of Graph.
  app.onError((error, context) =>
    refuse(context, { error: 'simulatorFailed', detail: error.message, diagnosis: `the simulator failed: ${error.message}` }),
  )

  return app
}

function isRefusal(value: object): value is Refusal {
  return 'diagnosis' in value && 'error' in value
}
