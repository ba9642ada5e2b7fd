// Deviations that show in other calls than the first call to a person: in later ones, with several people, of guests, and in how they end.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import { type Command, still } from '../../simulator/core/commands'
import type { Call, State } from '../../simulator/core/state'
import type { Wrap } from '../../simulator/wrapping'
import { accept, decisions } from '../wrap/core'
import {
  dataOf,
  deliveries,
  isBot,
  isRoster,
  postAfter,
  postFor,
  postWithHistory,
  stateOf,
  withData,
  withRoster,
} from '../wrap/notifications'
import { asGuest, changed, inMeeting, keepingFirst, responsesWith, rewriteNewCall, UNKNOWN_ID } from '../wrap/responses'
import { deviationsFrom, unexpected } from './rows'

const toSeveral = ({ targets }: JsonObject) => Array.isArray(targets) && targets.length > 1

/** Rewrites the Location of a 201. */
const location = (rewrite: (location: string, sent: JsonObject) => string): Wrap =>
  responsesWith(201, (response, sent) =>
    changed(response, {
      headers: { location: rewrite(response.headers.get('location') ?? '', JSON.parse(sent) as JsonObject) },
    }),
  )

/** Gives every new call the value of the first call. */
const ofFirst = (name: string): Wrap => keepingFirst((first) => rewriteNewCall((call) => ({ [name]: first(call[name] ?? null) })))

/** Replaces members of the new calls that a condition picks. */
const newCallOf = (picks: (sent: JsonObject) => boolean, members: Readonly<Record<string, Json | undefined>>): Wrap =>
  rewriteNewCall((_, sent) => (picks(sent) ? members : {}))

/** Replaces members of every new call but the first. */
const laterCalls =
  (members: JsonObject): Wrap =>
  (parts, world) => {
    let count = 0
    return rewriteNewCall(() => (count++ > 0 ? members : {}))(parts, world)
  }

/** The living calls of an app, the oldest first. */
const callsOf = ({ calls }: State, appId: string) => [...calls.values()].filter((call) => call.appId === appId)

/** Applies requests about a call to another call of the same app. */
const redirected = (kind: 'get' | 'delete', which: 'oldest' | 'latest'): Wrap => {
  return ({ decide }) => {
    const made: string[] = []
    const one = (state: State, command: Command): Command => {
      if (command.kind !== kind || !state.calls.has(command.callId)) return command
      const own = made.filter((id) => state.calls.get(id)?.appId === command.caller.appId)
      return { ...command, callId: own.at(which === 'oldest' ? 0 : -1) ?? command.callId }
    }
    return {
      decide: (state, command, env) => {
        const decision = decide(state, one(state, command), env)
        if (decision.answer.kind === 'created') made.push(String(decision.answer.call.id))
        return decision
      },
    }
  }
}

/** Ends the other calls of the app, too, when it ends one. */
const deletionEndsOwn = decisions((decision, command, again, before) => {
  if (command.kind !== 'delete' || decision.answer.kind !== 'deleted') return decision
  let { state, effects } = decision
  for (const { id } of callsOf(before, command.caller.appId).filter((call) => call.id !== command.callId)) {
    const ended = again({ ...command, callId: id }, state)
    state = ended.state
    effects = [...effects, ...ended.effects]
  }
  return { ...decision, state, effects }
})

/** Ends the earlier join of an app when it joins again. */
const joinEndsEarlier = decisions((decision, command, again, before) => {
  if (command.kind !== 'create' || decision.answer.kind !== 'created' || !inMeeting(command.body)) return decision
  const earlier = callsOf(before, command.caller.appId).find(({ meeting }) => meeting !== null)
  if (earlier === undefined) return decision
  const end = { code: 200, subcode: 5300, message: 'Joined again.' }
  const ended = again({ kind: 'end', callId: earlier.id, end }, decision.state)
  return { ...ended, answer: decision.answer, effects: [...decision.effects, ...ended.effects] }
})

/** Gives calls that a person or the service ended as if they lived. */
const endedGiven: Wrap = ({ decide }) => {
  const ended = new Map<string, Call>()
  return {
    decide: (state, command, env) => {
      const decision = decide(state, command, env)
      if (command.kind !== 'delete') for (const [id, call] of state.calls) if (!decision.state.calls.has(id)) ended.set(id, call)
      const call = command.kind === 'get' ? ended.get(command.callId) : undefined
      return call === undefined ? decision : still(decision.state, { kind: 'call', call: call.resource, form: call.form })
    },
  }
}

const isDeletionOfRinging = (state: State, command: Command) =>
  command.kind === 'delete' && state.calls.get(command.callId)?.phase === 'ringing'

const isGroup = (state: State, command: Command) => 'callId' in command && state.calls.get(command.callId)?.form === 'group'

/** Lets requests with a method pass without a token, as those of the last caller. */
const withoutToken =
  (method: string): Wrap =>
  ({ graph, authenticate }) => {
    let last: string | null = null
    let free = false
    return {
      graph: (request) => {
        free = request.method === method
        last = request.headers.get('authorization') ?? last
        return graph(request)
      },
      authenticate: (authorization) => authenticate(free ? (authorization ?? last) : authorization),
    }
  }

/** Removes the resultInfo from ends; `before` are the states that the call was notified in. */
const unexplained = (picks: (sent: JsonObject, before: readonly string[]) => boolean): Wrap => {
  return (parts, world) => {
    const states = new Map<string, readonly string[]>()
    return postFor((one, sent) => {
      const before = states.get(one.callId) ?? []
      states.set(one.callId, [...before, String(stateOf(one))])
      return stateOf(one) === 'terminated' && picks(sent, before) ? withData(one, { resultInfo: undefined }) : one
    })(parts, world)
  }
}

/** Whether a call was never established. */
const neverEstablished = (before: readonly string[]) => !before.includes('established')

/** Notifies no other call of what happens to one. */
const untold = (kind: Command['kind']): Wrap =>
  decisions((decision, command) =>
    command.kind === kind && 'callId' in command
      ? {
          ...decision,
          effects: decision.effects.filter((effect) => effect.kind !== 'notify' || effect.callId === command.callId),
        }
      : decision,
  )

/** Writes a name twice into the bodies of posts. */
const twiceInPosts = (picks: (body: string) => boolean): Wrap =>
  deliveries(({ body }) =>
    picks(body) ? { body: body.replace(/}$/, ',"@odata.type":"#microsoft.graph.commsNotifications"}') } : {},
  )

/** Writes every member of responses twice. */
const twiceInResponses = (status: number, picks: (request: Request) => boolean = () => true): Wrap =>
  responsesWith(status, async (response, _, request) => {
    const text = await response.text()
    return changed(response, { body: picks(request) && text !== '' ? text.replace(/}$/, `,${text.slice(1)}`) : text })
  })

const LOCATION = /Location .*; documented/
const TWICE = /is there twice/
const UNEXPLAINED = /no resultInfo with a code/
const NOT_FOUND = /the GET of the call was answered 404/
const OTHERS = /the other bot sees/

export const OTHER_CALLS = deviationsFrom({
  'CC-03': {
    'location-of-the-first-call': [
      'Every Location is that of the first call.',
      LOCATION,
      keepingFirst((first) => location((url) => first(url))),
    ],
    'location-of-several-elsewhere': [
      'The Location of a call to several people has the id of another call.',
      LOCATION,
      location((url, sent) => (toSeveral(sent) ? url.replace(/[^/]*$/, UNKNOWN_ID) : url)),
    ],
  },
  'CC-05b': {
    'call-given-without-token': [
      'A call is given without a token.',
      /answered 200; expected: refused with 401/,
      withoutToken('GET'),
    ],
    'call-ended-without-token': [
      'A call is ended without a token.',
      /answered 204; expected: refused with 401/,
      withoutToken('DELETE'),
    ],
    'get-in-order-refused': [
      'No call is given, with any token.',
      /answered 401/,
      decisions((decision, command, _, state) =>
        command.kind === 'get'
          ? still(state, { kind: 'refused', refusal: { error: 'noToken', detail: null, diagnosis: 'a deviation refuses it' } })
          : decision,
      ),
    ],
  },
  'CC-17': {
    'unregistered-joins': [
      'A bot that is not registered may join meetings.',
      /Graph answered 201; expected: refused with 403/,
      accept(['notRegistered'], (create) =>
        inMeeting(create.body) ? { ...create, caller: { ...create.caller, registered: true } } : null,
      ),
    ],
  },
  'CC-20': {
    'second-call-established': [
      'Every call but the first is established at once.',
      /state: documented/,
      laterCalls({ state: 'established' }),
    ],
    'several-called-incoming': [
      'A call to several people is incoming.',
      /direction: documented/,
      newCallOf(toSeveral, { direction: 'incoming' }),
    ],
    'several-called-established': [
      'A call to several people is established at once.',
      /state: documented/,
      newCallOf(toSeveral, { state: 'established' }),
    ],
  },
  'CC-21': {
    'several-called-shortened': [
      'A call to several people lacks members that are unset.',
      /lacks .*toneInfo/,
      newCallOf(toSeveral, { toneInfo: undefined, subject: undefined }),
    ],
  },
  'CC-22': {
    'targets-of-the-first-call': ['Every new call has the targets of the first.', /targets: documented/, ofFirst('targets')],
    'chat-of-the-first-call': ['Every new call has the chatInfo of the first.', /chatInfo/, ofFirst('chatInfo')],
    'media-of-the-first-call': ['Every new call has the mediaConfig of the first.', /mediaConfig/, ofFirst('mediaConfig')],
    'second-modality-lost': [
      'Of several modalities only the first comes back.',
      /requestedModalities/,
      rewriteNewCall(({ requestedModalities }) => ({ requestedModalities: (requestedModalities as Json[]).slice(0, 1) })),
    ],
  },
  'CC-22c': {
    'policies-lost': ['Routing policies do not come back.', /routingPolicies/, rewriteNewCall(() => ({ routingPolicies: [] }))],
    'subject-lost': ['A subject does not come back.', /subject: documented/, rewriteNewCall(() => ({ subject: null }))],
    'ringing-time-lost': [
      'A ringing time does not come back.',
      /ringingTimeoutInSeconds: documented/,
      rewriteNewCall(() => ({ ringingTimeoutInSeconds: null })),
    ],
  },
  'CC-23': {
    'several-called-by-no-one': ['A call to several people has no source.', /source/, newCallOf(toSeveral, { source: null })],
  },
  'CC-25': {
    'several-called-of-another-tenant': [
      'A call to several people has another tenant.',
      /tenantId: documented/,
      newCallOf(toSeveral, { tenantId: UNKNOWN_ID }),
    ],
    'several-called-without-participant-id': [
      'A call to several people has no myParticipantId.',
      /myParticipantId: documented/,
      newCallOf(toSeveral, { myParticipantId: null }),
    ],
    'guest-of-another-tenant': [
      'The call of a guest has another tenant than the organizer.',
      /tenantId: documented/,
      newCallOf(asGuest, { tenantId: UNKNOWN_ID }),
    ],
  },
  'CC-28': {
    'several-called-with-routes': [
      'A call to several people has routes.',
      /callRoutes: documented/,
      newCallOf(toSeveral, { callRoutes: [{ '@odata.type': '#microsoft.graph.callRoute' }] }),
    ],
  },
  'CC-29': {
    'deletion-ends-own-calls': ['A delete ends every call of the app.', NOT_FOUND, deletionEndsOwn],
    'latest-call-deleted': ['A delete ends the latest call of the app.', NOT_FOUND, redirected('delete', 'latest')],
    'oldest-call-deleted': ['A delete ends the oldest call of the app.', /Graph answers 200/, redirected('delete', 'oldest')],
    'latest-call-given': ['A get gives the latest call of the app.', /\bid: documented/, redirected('get', 'latest')],
    'oldest-call-given': ['A get gives the oldest call of the app.', /\bid: documented/, redirected('get', 'oldest')],
    'join-ends-the-earlier': ['A join ends the earlier join of the app.', NOT_FOUND, joinEndsEarlier],
    'ended-call-given': ['A call that a person has ended is still given.', /Graph answers 200/, endedGiven],
    'ringing-call-not-ended': [
      'A call that rings cannot be deleted.',
      /answered 400/,
      decisions((decision, command, _, state) =>
        isDeletionOfRinging(state, command)
          ? still(state, {
              kind: 'refused',
              refusal: { error: 'callNotEstablished', detail: null, diagnosis: 'a deviation refuses it' },
            })
          : decision,
      ),
    ],
  },
  'CC-45': {
    'removal-untold': ['Other bots get no roster when a bot is removed.', OTHERS, untold('remove')],
    'admission-untold': ['Other bots get no roster when a guest is admitted.', OTHERS, untold('admit')],
    'leaving-untold': ['Other bots get no roster when a bot hangs up.', OTHERS, untold('delete')],
  },
  'CC-48': {
    'bot-off-the-roster-of-several': [
      'The roster of a call to several people has no bot.',
      /the bot on the roster is missing/,
      postFor((one, sent) =>
        toSeveral(sent) ? withRoster(one, (all) => all.filter((participant) => !isBot(participant))) : one,
      ),
    ],
  },
  'CC-49': {
    'coordinates-of-the-first-call': [
      'Notifications have the chatInfo of the first call in a meeting.',
      /resourceData\.chatInfo/,
      keepingFirst((first) =>
        postFor((one) => {
          const { chatInfo } = dataOf(one)
          return isObject(chatInfo) ? withData(one, { chatInfo: first(chatInfo) }) : one
        }),
      ),
    ],
  },
  'CC-54b': {
    'end-with-a-name-twice': [
      'The end of a call has a name twice.',
      TWICE,
      twiceInPosts((body) => body.includes('"terminated"')),
    ],
    'operation-with-a-name-twice': [
      'A completed operation has its members twice.',
      TWICE,
      twiceInResponses(200, ({ method }) => method === 'POST'),
    ],
    'forbidden-with-a-name-twice': ['A 403 has two errors.', TWICE, twiceInResponses(403)],
    'gone-with-a-name-twice': ['A 404 has two errors.', TWICE, twiceInResponses(404)],
  },
  'CC-65': {
    'refused-guest-unexplained': [
      'The end of a refused guest has no resultInfo.',
      UNEXPLAINED,
      unexplained((sent, before) => asGuest(sent) && neverEstablished(before)),
    ],
  },
  'CC-66': {
    'decline-unexplained': [
      'The end of a declined call has no resultInfo.',
      UNEXPLAINED,
      unexplained((sent, before) => !inMeeting(sent) && neverEstablished(before) && sent.ringingTimeoutInSeconds === undefined),
    ],
    'silence-unexplained': [
      'The end of a call without answer has no resultInfo.',
      UNEXPLAINED,
      unexplained((sent, before) => neverEstablished(before) && sent.ringingTimeoutInSeconds !== undefined),
    ],
    'declines-of-several-unexplained': [
      'The end of a call that several people decline has no resultInfo.',
      UNEXPLAINED,
      unexplained(toSeveral),
    ],
    'one-declines-for-all': [
      'One of several people who declines ends the call.',
      unexpected('terminated'),
      decisions((decision, command, again, state) =>
        command.kind === 'decline' && isGroup(state, command)
          ? again({ kind: 'end', callId: command.callId, end: { code: 200, subcode: 5013, message: 'Declined.' } })
          : decision,
      ),
    ],
  },
  'CC-67': {
    'end-explained-twice': [
      'The end of a call is notified twice with different codes.',
      /and said .* before/,
      postAfter('terminated', (one) =>
        withData(one, { resultInfo: { '@odata.type': '#microsoft.graph.resultInfo', code: 500, subcode: 9999 } }),
      ),
    ],
    'ringing-call-ended-silently': [
      'The deletion of a call that rings is not notified.',
      /terminated"? is missing/,
      decisions((decision, command, _, state) => (isDeletionOfRinging(state, command) ? { ...decision, effects: [] } : decision)),
    ],
  },
  'MU-01': {
    'mute-mutes-all': [
      'A bot that mutes itself mutes everybody.',
      /isMuted: documented false/,
      postWithHistory((one, before) =>
        before.some(isRoster)
          ? withRoster(one, (all) =>
              all.some((participant) => isBot(participant) && participant.isMuted === true)
                ? all.map((participant) => ({ ...participant, isMuted: true }))
                : all,
            )
          : one,
      ),
    ],
  },
})
