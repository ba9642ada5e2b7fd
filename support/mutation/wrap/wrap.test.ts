// Several wraps around one simulator: their order, and that simulators share no memory. Each single wrap is shown by its deviations.
import assert from 'node:assert/strict'
import { test } from 'mocha'
import type { Notification } from '../../simulator/runtime/outbox'
import type { Parts, World, Wrap } from '../../simulator/wrapping'
import { post } from './notifications'
import { together } from './responses'

test('the last of several is the outermost, and each simulator has its own memory', () => {
  const seen: string[] = []
  const parts = { post: ({ callId }: Notification) => void seen.push(callId) } as Parts
  const numbered = (name: string): Wrap =>
    post(() => {
      let count = 0
      return (one) => ({ ...one, callId: `${one.callId} ${name}${++count}` })
    })
  const wrap = together(numbered('a'), numbered('b'))
  const [first, second] = [wrap(parts, {} as World), wrap(parts, {} as World)]
  for (const simulator of [first, first, second]) simulator.post?.({ callId: '7' } as Notification)
  assert.deepEqual(seen, ['7 b1 a1', '7 b2 a2', '7 b1 a1'])
})
