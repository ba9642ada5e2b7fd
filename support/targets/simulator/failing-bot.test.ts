// A bot that fails as a receiver: late, silent or not there, in virtual time; other bots get their posts meanwhile.
import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { beforeEach, describe, test } from 'mocha'
import { VirtualClock } from '../../simulator/runtime/clock'
import { troubledDelivery } from './failing-bot'

const [FAILING, FINE] = ['https://bot.example/failing', 'https://bot.example/fine']

let clock: VirtualClock
let delivery: ReturnType<typeof troubledDelivery>
let reached: string[]

beforeEach(() => {
  clock = new VirtualClock(0)
  reached = []
  delivery = troubledDelivery(async (url) => {
    reached.push(url)
    return new Response(null, { status: 202 })
  }, clock)
})

/** What becomes of a post, in a word. */
function post(url: string): { outcome: string } {
  const seen = { outcome: 'under way' }
  delivery.deliver(url, {}).then(
    ({ status }) => (seen.outcome = String(status)),
    (error: Error & { cause?: { code?: string } }) => (seen.outcome = error.cause?.code ?? error.name),
  )
  return seen
}
const never = new Promise<void>(() => {})

for (const [trouble, ms, outcome] of [
  [{ kind: 'late', ms: 5_000 }, 5_000, '202'],
  [{ kind: 'silent' }, 10_000, 'TimeoutError'],
] as const) {
  test(`${trouble.kind}: the post arrives, and its outcome after ${ms} ms is ${outcome}; others are delivered meanwhile`, async () => {
    delivery.trouble(FAILING, trouble)
    const seen = [post(FAILING), post(FINE)] as const
    await delivery.settled(never, () => 1)
    for (const [now, expected] of [
      [ms - 1, 'under way'],
      [ms, outcome],
    ] as const) {
      clock.moveTo(now)
      await setImmediate()
      assert.deepEqual([reached, seen[0].outcome, seen[1].outcome], [[FAILING, FINE], expected, '202'])
    }
  })
}

test('unreachable: refused at once, and nothing arrives', async () => {
  delivery.trouble(FAILING, { kind: 'unreachable' })
  const seen = post(FAILING)
  await setImmediate()
  assert.deepEqual([reached, seen.outcome, clock.nextDue()], [[], 'ECONNREFUSED', null])
})

describe('settled', () => {
  test('when everything is delivered', async () => {
    const seen = post(FINE)
    await delivery.settled(setImmediate(), () => 1)
    assert.equal(seen.outcome, '202')
  })

  test('not between two posts of another call, which are delivered before time passes', async () => {
    delivery.trouble(FAILING, { kind: 'silent' })
    const open = new Set<string>()
    const queue = async (url: string, posts: number) => {
      open.add(url)
      for (let left = posts; left > 0; left--) {
        for (let turns = 0; turns < 20; turns++) await setImmediate()
        await delivery.deliver(url, {}).catch(() => {})
      }
      open.delete(url)
    }
    const idle = Promise.all([queue(FAILING, 1), queue(FINE, 5)]).then(() => {})
    await delivery.settled(idle, () => open.size)
    assert.deepEqual([reached.filter((url) => url === FINE).length, open.size], [5, 1])
    delivery.end()
    await delivery.settled(idle, () => open.size)
    assert.equal(open.size, 0)
  })

  test('while a queue waits for another that is held', async () => {
    delivery.trouble(FAILING, { kind: 'late', ms: 5_000 })
    const idle = delivery
      .deliver(FAILING, {})
      .then(() => delivery.deliver(FINE, {}))
      .then(() => {})
    await delivery.settled(idle, () => 2)
    delivery.end()
    await idle
  })
})

test('the end releases all posts, those on their way too, and no bot fails any more', async () => {
  let arrive = () => {}
  const slow = troubledDelivery(
    () =>
      new Promise<Response>((resolve) => {
        arrive = () => resolve(new Response(null, { status: 202 }))
      }),
    clock,
  )
  slow.trouble(FAILING, { kind: 'late', ms: 5_000 })
  const onItsWay = slow.deliver(FAILING, {})
  slow.end()
  arrive()
  assert.equal((await onItsWay).status, 202)
  delivery.trouble(FAILING, { kind: 'late', ms: 60_000 })
  const seen = post(FAILING)
  await delivery.settled(never, () => 1)
  delivery.end()
  await setImmediate()
  assert.equal(seen.outcome, '202')
  assert.equal((await delivery.deliver(FAILING, {})).status, 202)
})
