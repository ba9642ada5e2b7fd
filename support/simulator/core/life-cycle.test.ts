// The core alone: every phase meets every event.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { BOT, DIRECTORY, request, told } from '../../../test/kit/simulated-world'
import { seededIds } from '../runtime/clock'
import type { Caller, Effect } from './commands'
import { decide } from './decide'
import { happen } from './events'
import { ENDS, type Event, LIFE_CYCLE, type Phase } from './life-cycle'
import { type Call, emptyState, type State } from './state'

const PHASES: readonly Phase[] = ['new', 'ringing', 'joining', 'in-lobby', 'established', 'ended']
const EVENTS: readonly Event[] = [
  'called',
  'several-called',
  'joined',
  'answered',
  'first-answered',
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
  'nobody-joined',
  'all-left',
  'removed',
  'deleted',
]

/** What the pages and our assumptions say, written out a second time: phase and event, the next phase, the posts. */
const EXPECTED: Readonly<Record<string, string>> = {
  'new called': 'ringing: updated establishing',
  'new several-called': 'ringing: updated establishing',
  'new joined': 'joining: updated establishing',
  'ringing answered': 'established: updated established',
  'ringing first-answered': 'established: updated established; roster Bot 1',
  'ringing nobody-joined': 'ended: deleted terminated 200/5013',
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
  'established all-left': 'ended: deleted terminated 200/5002',
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
