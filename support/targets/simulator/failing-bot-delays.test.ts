// Deliveries to a bot that takes its time: time may pass when nothing else is to be delivered, and not between two posts of another call.
import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { describe, test } from 'mocha'
import { VirtualClock } from '../../simulator/runtime/clock'
import { troubledDelivery } from './failing-bot'

const SLOW = 'https://slow.example/'
const QUICK = 'https://quick.example/'

/** Queues of posts, one under way of each; between two posts of a queue something else is done first. */
function queues(deliver: (url: string, init: RequestInit) => Promise<unknown>) {
  const open = new Set<string>()
  const run = async (url: string, posts: number) => {
    open.add(url)
    for (let left = posts; left > 0; left--) {
      for (let turns = 0; turns < 20; turns++) await setImmediate()
      await deliver(url, {}).catch(() => {})
    }
    open.delete(url)
  }
  return { run, count: () => open.size }
}

describe('with a bot that never answers', () => {
  test('what goes to others is delivered before time passes', async () => {
    const delivered: string[] = []
    const clock = new VirtualClock(0)
    const reach = async (url: string) => {
      delivered.push(url)
      return new Response(null)
    }
    const { deliver, trouble, settled, end } = troubledDelivery(reach, clock)
    trouble(SLOW, { kind: 'silent' })
    const { run, count } = queues(deliver)
    const idle = Promise.all([run(SLOW, 1), run(QUICK, 5)]).then(() => {})
    await settled(idle, count)
    assert.deepEqual([delivered.filter((url) => url === QUICK).length, count()], [5, 1])
    end()
    await settled(idle, count)
    assert.equal(count(), 0)
  })

  test('what waits behind it elsewhere does not keep time from passing', async () => {
    const { deliver, trouble, settled, end } = troubledDelivery(async () => new Response(null), new VirtualClock(0))
    trouble(SLOW, { kind: 'late', ms: 5_000 })
    const first = deliver(SLOW, {})
    // Two queues are open, and the second waits for the first, where nobody here can see it.
    const idle = first.then(() => deliver(QUICK, {})).then(() => {})
    await settled(idle, () => 2)
    end()
    await idle
  })
})
