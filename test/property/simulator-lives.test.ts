// The core alone: random lives of calls keep the rules that hold for all.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'mocha'
import { isObject, type JsonObject } from '../../support/contract/json'
import type { Answer, Caller, Command, Effect } from '../../support/simulator/core/commands'
import { decide } from '../../support/simulator/core/decide'
import { emptyState } from '../../support/simulator/core/state'
import { seededIds } from '../../support/simulator/runtime/clock'
import { ANNA, BOT, CHANNEL, DIRECTORY, JOHN, of, request, SCHEDULED, SECOND_BOT, told } from '../kit/simulated-world'

const caller = (app = BOT): Caller => ({ ...app, appId: app.clientId })
const ROOT = 'https://graph.microsoft.com/beta/app/calls'
const notices = (effects: readonly Effect[]) => effects.flatMap((effect) => (effect.kind === 'notify' ? [effect] : []))

/** A command whose call is chosen when its turn comes: the nth that ever was, living or not. */
type Choice = (ids: readonly string[]) => Command

const ofCall = (kinds: readonly string[]): fc.Arbitrary<Choice> =>
  fc.tuple(fc.constantFrom(...kinds), fc.nat(9), fc.constantFrom(BOT, SECOND_BOT)).map(
    ([kind, at, app]) =>
      (ids) =>
        ({ kind, callId: ids[at % (ids.length + 1)] ?? 'none', caller: caller(app), personId: CALLED[at % 3] }) as Command,
  )

/** Whom a call to several names, and who of them acts; undefined: whom it fits. */
const CALLED = [JOHN.id, ANNA.id, undefined]
const several = request(1, { targets: [JOHN, ANNA].map(({ id }) => ({ identity: { user: { id } } })) })

const choices: fc.Arbitrary<Choice> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom(1, 2, 3, 5, 6), fc.constantFrom(BOT, SECOND_BOT)).map(
      ([example, app]) =>
        () =>
          ({ kind: 'create', caller: caller(app), body: request(example), root: ROOT }) as Command,
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('elsewhere', 'several')
      .map(
        (what) => () =>
          ({ kind: 'create', caller: caller(), body: what === 'several' ? several : elsewhere, root: ROOT }) as Command,
      ),
  },
  { weight: 5, arbitrary: ofCall(['answer', 'decline', 'busy', 'hang-up', 'admit', 'refuse', 'remove', 'get', 'delete']) },
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom('let-in', 'ringing', 'lobby'), fc.nat(9)).map(
      ([timer, at]): Choice =>
        (ids) =>
          ({ kind: 'timer', timer, callId: ids[at % (ids.length + 1)] ?? 'none' }) as Command,
    ),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom('join', 'leave', 'mute', 'unmute'),
        fc.constantFrom(SCHEDULED, CHANNEL, 'no meeting'),
        fc.constantFrom(JOHN, ANNA),
      )
      .map(
        ([kind, meeting, person]) =>
          () =>
            ({ kind, meeting, person, personId: person.id }) as Command,
      ),
  },
)

const elsewhere = request(3, { chatInfo: { '@odata.type': '#microsoft.graph.chatInfo', threadId: 'nowhere', messageId: '0' } })

const RANK: Readonly<Record<string, number>> = { establishing: 0, established: 1, terminating: 2, terminated: 3 }

test('random lives of calls keep the rules', () => {
  fc.assert(
    fc.property(fc.array(choices, { minLength: 10, maxLength: 80, size: 'max' }), (commands) => {
      let state = emptyState(DIRECTORY.meetings)
      const env = { newId: seededIds('lives') }
      const ids: string[] = []
      const rank = new Map<string, number>()
      const admitted = new Set<string>()
      const between = new Map<string, boolean>()
      for (const choice of commands) {
        const before = state
        const command = choice(ids)
        const { state: after, answer, effects } = decide(before, command, env)
        if (answer.kind === 'created') note(answer, command, ids, between)
        if (answer.kind === 'unfit' || answer.kind === 'refused' || answer.kind === 'call') {
          assert.equal(after, before, `${answer.kind} changes nothing`)
          assert.deepEqual(effects, [])
        }
        for (const effect of effects) {
          const callId = effect.kind === 'schedule' ? effect.command.callId : effect.callId
          assert.ok(before.calls.has(callId) || after.calls.has(callId), 'an effect belongs to a call that the state knew')
        }
        for (const { callId, callbackUri, body } of notices(effects)) {
          assert.equal(of(body), callId, 'a notification names its own call')
          assert.equal(callbackUri, request(1).callbackUri)
          checkNotice(callId, body, rank, admitted, between)
        }
        for (const [id, call] of after.calls) {
          assert.equal(call.id, id)
          assert.equal(rank.get(id), call.phase === 'established' ? 1 : 0, 'the last state told is the state it has')
        }
        for (const key of after.meetings.keys())
          assert.ok(
            !key.startsWith('group ') || after.calls.has(key.slice('group '.length)),
            'a meeting of a call is gone with it',
          )
        state = after
      }
      assert.equal(new Set(ids).size, ids.length, 'ids are unique')
      for (const id of ids)
        assert.equal(state.calls.has(id), rank.get(id) !== RANK.terminated, 'who ended is gone, who lives is there')
    }),
    { numRuns: 200 },
  )
})

function note(
  answer: Extract<Answer, { kind: 'created' }>,
  command: Command,
  ids: string[],
  between: Map<string, boolean>,
): void {
  const id = String(answer.call.id)
  assert.equal(answer.location, `${ROOT}/${id}`)
  assert.ok(!ids.includes(String(answer.call.myParticipantId)))
  ids.push(id)
  const { targets, chatInfo } = command.kind === 'create' ? command.body : {}
  between.set(id, !isObject(chatInfo) && Array.isArray(targets) && targets.length === 1)
}

function checkNotice(
  callId: string,
  body: JsonObject,
  rank: Map<string, number>,
  admitted: Set<string>,
  between: ReadonlyMap<string, boolean>,
): void {
  const text = told(body)
  const last = rank.get(callId) ?? -1
  assert.ok(last < 3, `after terminated comes ${text}`)
  if (text.startsWith('roster ')) {
    assert.equal(between.get(callId), false, 'a call between two has no roster')
    if (admitted.has(callId)) assert.ok(!text.includes('lobby'), `past the lobby one sees nobody in it: ${text}`)
    else assert.match(text, /^roster [^,]* \(in the lobby\)$/, 'before admission one sees only oneself')
    return
  }
  const state = text.split(' ')[1] as string
  assert.ok((RANK[state] as number) > last, `${state} after rank ${last}`)
  rank.set(callId, RANK[state] as number)
  if (state === 'established') admitted.add(callId)
}
