// The table of the life of a call: one row for a phase and an event, an end where a call ends, and nothing where no row fits.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { BOT, CALLS, DIRECTORY, request } from '../../../test/kit/simulated-world'
import { revisionAt } from '../http/revisions'
import { seededIds } from '../runtime/clock'
import { decide } from './decide'
import { ENDS } from './ends'
import { happen } from './events'
import { LIFE_CYCLE, type Phase, transition } from './life-cycle'
import { type Call, emptyState } from './state'

const PHASES: readonly Phase[] = ['new', 'ringing', 'joining', 'in-lobby', 'established', 'ended']

describe('the life cycle', () => {
  test('has one row for a phase and an event, each with a source, and an end exactly where a call ends', () => {
    const named = LIFE_CYCLE.map(({ from, event }) => `${from} ${event}`)
    assert.equal(new Set(named).size, named.length)
    for (const row of LIFE_CYCLE) {
      assert.ok(row.source.length > 5, JSON.stringify(row))
      assert.equal(row.end !== undefined, row.to === 'ended')
    }
    assert.deepEqual(new Set(LIFE_CYCLE.flatMap(({ end }) => end ?? [])), new Set([...Object.keys(ENDS), 'chosen']))
  })

  test('never leads backwards, and nowhere from the end', () => {
    for (const { from, to } of LIFE_CYCLE) assert.ok(PHASES.indexOf(to) >= PHASES.indexOf(from), `${from} to ${to}`)
    assert.ok(LIFE_CYCLE.every(({ from }) => from !== 'ended'))
  })

  test('an event without a row changes nothing', () => {
    const command = {
      kind: 'create',
      caller: { ...BOT, appId: BOT.clientId },
      body: request(3),
      root: '/calls',
      admits: revisionAt(CALLS).admits,
    } as const
    const { state } = decide(emptyState(DIRECTORY.meetings), command, { newId: seededIds('life') })
    const [made] = state.calls.values()
    for (const phase of PHASES) {
      for (const event of new Set(LIFE_CYCLE.map((row) => row.event))) {
        if (transition(phase, event) !== undefined) continue
        const next = happen(state, { ...(made as Call), phase }, event)
        assert.ok(next.state === state && next.effects.length === 0, `${phase} ${event}`)
      }
    }
  })
})
