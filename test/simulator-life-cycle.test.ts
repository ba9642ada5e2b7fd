// The core alone: every phase meets every event, and random lives of calls keep the rules that hold for all.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isObject, type JsonObject } from '../support/contract/json'
import type { Answer, Caller, Command, Effect } from '../support/simulator/core/commands'
import { decide } from '../support/simulator/core/decide'
import { happen } from '../support/simulator/core/events'
import { type Event, LIFE_CYCLE, type Phase } from '../support/simulator/core/life-cycle'
import { ENDS } from '../support/simulator/core/result-codes'
import { type Call, emptyState, type State } from '../support/simulator/core/state'
import { seededIds } from '../support/simulator/runtime/ids'
import { ANNA, BOT, CHANNEL, DIRECTORY, JOHN, of, request, SCHEDULED, SECOND_BOT, told } from './support-simulated'

const PHASES: readonly Phase[] = ['new', 'ringing', 'joining', 'in-lobby', 'established', 'ended']
const EVENTS: readonly Event[] = [
  'called',
  'joined',
  'answered',
  'declined',
  'busy',
  'unanswered',
  'let-in',
  'held',
  'admitted',
  'refused',
  'lobby-timed-out',
  'no-such-meeting',
  'roster-changed',
  'hung-up',
  'removed',
  'deleted',
]

/** What the pages and our assumptions say, written out a second time: phase and event, the next phase, the posts. */
const EXPECTED: Readonly<Record<string, string>> = {
  'new called': 'ringing: updated establishing',
  'new joined': 'joining: updated establishing',
  'ringing answered': 'established: updated established',
  'ringing declined': 'ended: deleted terminated 603/0',
  'ringing busy': 'ended: deleted terminated 486/0',
  'ringing unanswered': 'ended: deleted terminated 487/10004',
  'ringing deleted': 'ended: updated terminating; deleted terminated 0/0',
  'joining let-in': 'established: updated established; roster Bot 1',
  'joining held': 'in-lobby: roster Bot 1 (in the lobby)',
  'joining no-such-meeting': 'ended: deleted terminated 400/2203',
  'joining deleted': 'ended: updated terminating; deleted terminated 0/0',
  'in-lobby admitted': 'established: updated established; roster Bot 1',
  'in-lobby refused': 'ended: deleted terminated 200/5300',
  'in-lobby lobby-timed-out': 'ended: deleted terminated 200/5855',
  'in-lobby deleted': 'ended: updated terminating; deleted terminated 0/0',
  'established roster-changed': 'established: roster Bot 1',
  'established hung-up': 'ended: deleted terminated 200/4521',
  'established removed': 'ended: deleted terminated 200/5300',
  'established deleted': 'ended: updated terminating; deleted terminated 0/0',
}

const caller = (app = BOT): Caller => ({ ...app, appId: app.clientId })
const ROOT = 'https://graph.microsoft.com/beta/app/calls'
const notices = (effects: readonly Effect[]) => effects.flatMap((effect) => (effect.kind === 'notify' ? [effect] : []))

/** A call in a meeting in a given phase, in a meeting that has it where that phase has it. */
function callIn(phase: Phase): { state: State; call: Call } {
  const begun = decide(
    emptyState(DIRECTORY.meetings),
    { kind: 'create', caller: caller(), body: request(3), root: ROOT },
    { newId: seededIds('life') },
  )
  const [made] = [...begun.state.calls.values()]
  const joining = made as Call
  const entered: Partial<Record<Phase, Event>> = { 'in-lobby': 'held', established: 'let-in' }
  const event = entered[phase]
  const { state } = event === undefined ? begun : happen(begun.state, joining, event)
  const call = { ...(state.calls.get(joining.id) as Call), phase }
  return { state: { ...state, calls: state.calls.set(call.id, call) }, call }
}

describe('the life cycle', () => {
  for (const phase of PHASES) {
    for (const event of EVENTS) {
      const expected = EXPECTED[`${phase} ${event}`]
      test(`${phase}, ${event}: ${expected ?? 'nothing'}`, () => {
        const { state, call } = callIn(phase)
        const next = happen(state, call, event)
        if (expected === undefined) {
          assert.equal(next.state, state)
          assert.deepEqual(next.effects, [])
          return
        }
        const after = next.state.calls.get(call.id)?.phase ?? 'ended'
        assert.equal(
          `${after}: ${notices(next.effects)
            .map(({ body }) => told(body))
            .join('; ')}`,
          expected,
        )
      })
    }
  }

  test('has one row for a phase and an event, each with a source, and an end exactly where a call ends', () => {
    const named = LIFE_CYCLE.map(({ from, event }) => `${from} ${event}`)
    assert.equal(new Set(named).size, named.length)
    assert.deepEqual(new Set(named), new Set(Object.keys(EXPECTED)))
    for (const row of LIFE_CYCLE) {
      assert.ok(row.source.length > 5, JSON.stringify(row))
      assert.equal(row.end !== undefined, row.to === 'ended')
    }
    assert.deepEqual(new Set(LIFE_CYCLE.flatMap(({ end }) => end ?? [])), new Set(Object.keys(ENDS)))
  })

  test('never leads backwards, and nowhere from the end', () => {
    for (const { from, to } of LIFE_CYCLE) assert.ok(PHASES.indexOf(to) >= PHASES.indexOf(from), `${from} to ${to}`)
    assert.ok(LIFE_CYCLE.every(({ from }) => from !== 'ended'))
  })
})

/** A command whose call is chosen when its turn comes: the nth that ever was, living or not. */
type Choice = (ids: readonly string[]) => Command

const ofCall = (kinds: readonly string[]): fc.Arbitrary<Choice> =>
  fc.tuple(fc.constantFrom(...kinds), fc.nat(9), fc.constantFrom(BOT, SECOND_BOT)).map(
    ([kind, at, app]) =>
      (ids) =>
        ({ kind, callId: ids[at % (ids.length + 1)] ?? 'none', caller: caller(app) }) as Command,
  )

const choices: fc.Arbitrary<Choice> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom(1, 2, 3, 5, 6), fc.constantFrom(BOT, SECOND_BOT)).map(
      ([example, app]) =>
        () =>
          ({ kind: 'create', caller: caller(app), body: request(example), root: ROOT }) as Command,
    ),
  },
  { weight: 2, arbitrary: fc.constant(() => ({ kind: 'create', caller: caller(), body: elsewhere, root: ROOT }) as Command) },
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
  between.set(id, command.kind === 'create' && !isObject(command.body.chatInfo))
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
