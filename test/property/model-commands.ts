// What bots and people may do, at random: the commands of the model-based tests. Each is done to the system and to the model, and both must agree.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isObject, type Json, type JsonObject } from '../../support/contract/json'
import { DURATIONS } from '../../support/simulator/core/life-cycle'
import { meetingKey } from '../../support/simulator/core/state'
import { ANNA, CALLBACK, CALLS, CHANNEL, GRAPH, JOHN, OTHER_TENANT, request, SCHEDULED, TENANT } from '../kit/simulated-world'
import { type Life, Lives, type SharingVerb, type Verb } from './model-lives'
import { BOTS, ELSEWHERE, type OnCall, type System } from './model-system'
import { settle, shown } from './model-watch'

const ELSEWHERE_KEY = meetingKey(ELSEWHERE.threadId, ELSEWHERE.messageId)

export function newLives(): Lives {
  const place = (tenantId: string, holdsGuests: boolean, holdsApplications = false) => ({
    tenantId,
    holdsGuests,
    holdsApplications,
    people: new Map<string, boolean>(),
    sharing: new Set<string>(),
  })
  return new Lives(
    new Map([
      [SCHEDULED, place(TENANT, false)],
      [CHANNEL, place(TENANT, true)],
      [ELSEWHERE_KEY, place(OTHER_TENANT, true, true)],
    ]),
  )
}

/** Everything that is done, in words and in data: the same commands must write the same twice. */
export interface Played {
  readonly system: System
  readonly log: unknown[]
}

type Do = (lives: Lives, played: Played) => Promise<void>

class Deed implements fc.AsyncCommand<Lives, Played> {
  constructor(
    private readonly words: string,
    readonly act: Do,
  ) {}

  check(): boolean {
    return true
  }

  async run(lives: Lives, played: Played): Promise<void> {
    await this.act(lives, played)
    lives.look(played.system.now())
    settle(lives, { ...played.system, posted: () => noted(played, played.system.posted()) })
  }

  toString(): string {
    return this.words
  }
}

function noted<T>({ log }: Played, what: T): T {
  log.push(what)
  return what
}

const user = ({ id, displayName }: typeof JOHN | typeof ANNA): Json => ({ identity: { user: { id, displayName } } })
const chatInfo = { '@odata.type': '#microsoft.graph.chatInfo', ...ELSEWHERE }
const organizedBy = (tenantId: string): Json => ({
  '@odata.type': '#microsoft.graph.organizerMeetingInfo',
  organizer: { user: { id: JOHN.id, tenantId } },
})
const TOKEN = { '@odata.type': '#microsoft.graph.tokenMeetingInfo', token: 'a-token' }
const nowhere = { '@odata.type': '#microsoft.graph.chatInfo', threadId: 'nowhere', messageId: '0' }

/** Under the root of these tests it is an unknown property: no bot is notified of content sharing. */
const callOptions = { '@odata.type': '#microsoft.graph.outgoingCallOptions', isContentSharingNotificationEnabled: true }

/** Every form, with and without a time to ring; the last ones reach for meetings of other tenants, and for none. */
const FORMS: Readonly<Record<string, () => JsonObject>> = {
  'call John': () => request(1),
  'call Anna for 10 s': () => request(1, { targets: [user(ANNA)], ringingTimeoutInSeconds: 10 }),
  'call with media of its own': () => request(2),
  'call John and Anna': () => request(1, { targets: [user(JOHN), user(ANNA)], ringingTimeoutInSeconds: 30 }),
  'join the scheduled meeting': () => request(3),
  'join with media of its own': () => request(4),
  'join the channel meeting': () => request(5),
  'join the channel meeting as a guest': () => request(6),
  'join the other tenant’s meeting': () => request(3, { chatInfo, meetingInfo: organizedBy(OTHER_TENANT) }),
  'join the other tenant’s meeting as a guest': () => request(6, { chatInfo, meetingInfo: organizedBy(OTHER_TENANT) }),
  'join the other tenant’s meeting as if it were one’s own': () => request(3, { chatInfo, meetingInfo: organizedBy(TENANT) }),
  'join the other tenant’s meeting by a token': () => request(3, { chatInfo, meetingInfo: TOKEN }),
  'join the scheduled meeting by a token': () => request(3, { meetingInfo: TOKEN }),
  'join no meeting': () => request(3, { chatInfo: nowhere }),
}

function create(bot: number, form: string): Deed {
  return new Deed(`bot ${bot}: ${form}`, async (lives, played) => {
    const { system } = played
    const app = BOTS[bot] as (typeof BOTS)[number]
    const callbackUri = `${CALLBACK}/bots/${bot}/calls/${lives.calls.length}`
    const body = { ...(FORMS[form] as () => JsonObject)(), callbackUri, callOptions }
    const reply = noted(played, await system.create(app, body))
    const organizer = tenantIn(body)
    if (organizer !== null && organizer !== app.tenantId) return assert.equal(reply.status, 403)
    assert.equal(reply.status, 201)
    const { id, myParticipantId, tenantId, state } = reply.body as JsonObject
    for (const one of lives.calls) assert.ok(one.id !== id && one.participant !== myParticipantId, 'ids are its own')
    assert.deepEqual([reply.location, tenantId, state], [`${GRAPH}${CALLS}/${id}`, app.tenantId, 'establishing'])
    lives.calls.push(begun(app, body, String(id), String(myParticipantId), system.now()))
  })
}

function begun(bot: (typeof BOTS)[number], body: JsonObject, id: string, participant: string, since: number): Life {
  const meeting = isObject(body.chatInfo) ? meetingKey(String(body.chatInfo.threadId), String(body.chatInfo.messageId)) : null
  const targets = (Array.isArray(body.targets) ? body.targets : []) as readonly { identity: { user: { id: string } } }[]
  const invited = targets.length < 2 ? [] : targets.map(({ identity }) => [identity.user.id, 'ringing'] as const)
  const [only, ...more] = targets
  const seconds = body.ringingTimeoutInSeconds
  return {
    id,
    bot,
    callbackUri: String(body.callbackUri),
    participant,
    guest: isObject(body.source) && isObject(body.source.identity) && isObject(body.source.identity.guest),
    meeting,
    called: only === undefined || more.length > 0 ? null : only.identity.user.id,
    invited: new Map(invited),
    since,
    ringsMs: typeof seconds === 'number' ? seconds * 1_000 : DURATIONS.ringing.ms,
    stage: meeting === null ? 'ringing' : 'joining',
    others: 0,
    aloneSince: null,
    states: [],
    roster: null,
    sharing: new Set(),
  }
}

function tenantIn({ meetingInfo }: JsonObject): string | null {
  const organizer = isObject(meetingInfo) && isObject(meetingInfo.organizer) ? meetingInfo.organizer : {}
  return isObject(organizer.user) ? String(organizer.user.tenantId) : null
}

/** The nth call that ever was, ended ones too; now and then none. */
const chosen = ({ calls }: Lives, at: number): Life | undefined => calls[at % (calls.length + 1)]

function onCall(bot: number, kind: OnCall, at: number): Deed {
  return new Deed(`bot ${bot}: ${kind} of call ${at}`, async (lives, played) => {
    const call = chosen(lives, at)
    const app = BOTS[bot] as (typeof BOTS)[number]
    const reply = noted(played, await played.system.onCall(app, kind, call?.id ?? 'none', call?.participant ?? 'none'))
    if (call === undefined || call.stage === 'ended' || call.bot !== app)
      return assert.equal(reply.status, 404, 'none of its calls')
    if (kind === 'delete') {
      call.stage = 'ended'
      return assert.deepEqual(reply, { status: 204, location: null, body: null })
    }
    if (kind === 'participant') return assert.equal(reply.status, lives.rosterOf(call).length === 0 ? 404 : 200)
    assert.equal(reply.status, 200)
    if (kind === 'get') {
      const { id, state } = reply.body as JsonObject
      assert.deepEqual([id, state], [call.id, call.states.at(-1)], 'the call is as it was notified')
    }
    if (kind === 'participants')
      assert.deepEqual(
        shown((reply.body as JsonObject).value as readonly JsonObject[]),
        lives.rosterOf(call),
        'and so is its roster',
      )
  })
}

function act(verb: Verb, at: number, personId: string | undefined): Deed {
  return new Deed(`${personId ?? 'a person'}: ${verb} call ${at}`, async (lives, played) => {
    const call = chosen(lives, at)
    const who = personId === undefined ? {} : { personId }
    const fits = noted(played, await played.system.perform({ kind: verb, callId: call?.id ?? 'none', ...who }))
    assert.equal(fits, lives.act(call, verb, personId), `whether it fits a call that is ${call?.stage}`)
  })
}

function end(at: number): Deed {
  return new Deed(`the service ends call ${at}`, async (lives, played) => {
    const call = chosen(lives, at)
    assert.equal(noted(played, await played.system.end(call?.id ?? 'none')), lives.end(call), `whether it is ${call?.stage}`)
  })
}

function inMeeting(kind: 'join' | 'leave' | 'mute' | 'unmute', meeting: string, person: typeof JOHN | typeof ANNA): Deed {
  return new Deed(`${person.displayName}: ${kind} in ${meeting}`, async (lives, played) => {
    const command = kind === 'join' ? { kind, meeting, person } : { kind, meeting, personId: person.id }
    assert.equal(noted(played, await played.system.perform(command)), lives.inMeeting(meeting, kind, person.id))
  })
}

/** In a meeting, or in the nth call. */
function share(kind: SharingVerb, where: string | number, personId: string | undefined): Deed {
  return new Deed(`${personId ?? 'a person'}: ${kind} in ${where}`, async (lives, played) => {
    const call = typeof where === 'string' ? undefined : chosen(lives, where)
    const who = personId === undefined ? {} : { personId }
    const place =
      typeof where === 'string' ? { meeting: where, personId: personId ?? 'none' } : { callId: call?.id ?? 'none', ...who }
    const fits = noted(played, await played.system.perform({ kind, ...place }))
    const expected = typeof where === 'string' ? lives.share(where, kind, personId ?? 'none') : lives.share(call, kind, personId)
    assert.equal(fits, expected, `whether it fits ${typeof where === 'string' ? where : `a call that is ${call?.stage}`}`)
  })
}

/** People come into a meeting and leave it, and time passes: a bot that met them is left alone. */
function visit(meeting: string): Deed {
  return new Deed(`people come and go in ${meeting}`, async (lives, played) => {
    for (const kind of ['join', 'leave'] as const) {
      for (const person of [JOHN, ANNA]) await inMeeting(kind, meeting, person).act(lives, played)
      lives.look(played.system.now())
    }
    await wait(DURATIONS.alone.ms).act(lives, played)
  })
}

function wait(ms: number): Deed {
  return new Deed(`${ms} ms pass`, async (lives, { system }) => {
    await system.advance(ms)
    lives.passed(system.now())
  })
}

const bot = fc.constantFrom(0, 0, 0, 1, 1, 2)
const person = fc.constantFrom(JOHN, ANNA)

const joins = fc.constantFrom(...Object.keys(FORMS))
const deeds: readonly fc.Arbitrary<Deed>[] = [
  fc.tuple(bot, joins).map(([of, form]) => create(of, form)),
  fc.tuple(bot, joins).map(([of, form]) => create(of, form)),
  fc
    .tuple(bot, fc.constantFrom<OnCall>('get', 'delete', 'keep-alive', 'participants', 'participant'), fc.nat(11))
    .map(([of, kind, at]) => onCall(of, kind, at)),
  fc
    .tuple(
      fc.constantFrom<Verb>('answer', 'answer', 'decline', 'busy', 'hang-up', 'admit', 'admit', 'refuse', 'remove'),
      fc.nat(11),
      fc.constantFrom(JOHN.id, ANNA.id, undefined),
    )
    .map(([verb, at, who]) => act(verb, at, who)),
  fc
    .tuple(
      fc.constantFrom('join', 'join', 'leave', 'mute', 'unmute'),
      fc.constantFrom(SCHEDULED, CHANNEL, ELSEWHERE_KEY, 'none'),
      person,
    )
    .map(([kind, meeting, who]) => inMeeting(kind as 'join', meeting, who)),
  fc
    .tuple(
      fc.constantFrom<SharingVerb>('share', 'share', 'stop-sharing'),
      fc.oneof(fc.constantFrom(SCHEDULED, CHANNEL, 'none'), fc.nat(11)),
      fc.constantFrom(JOHN.id, ANNA.id, undefined),
    )
    .map(([kind, where, who]) => share(kind, where, who)),
  fc.nat(11).map(end),
  fc.constantFrom(SCHEDULED, CHANNEL).map(visit),
  fc.constantFrom(1, 399, 400, 400, 500, 9_600, 30_000, DURATIONS.alone.ms, DURATIONS.lobby.ms).map(wait),
]

/** Lives of so many deeds at most. */
export function lives(maxCommands: number): fc.Arbitrary<Iterable<fc.AsyncCommand<Lives, Played>>> {
  return fc.commands([...deeds], { maxCommands, size: 'max' })
}
