// A bot in trouble as a receiver: late, silent or not there, in virtual time; other bots are not disturbed.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'mocha'
import { VirtualClock } from '../../simulator/runtime/clock'
import { type TroubledDelivery, troubledDelivery } from './failing-bot'

const [TROUBLED, FINE] = ['https://bot.example/troubled', 'https://bot.example/fine']

let clock: VirtualClock
let delivery: TroubledDelivery
let reached: string[]

beforeEach(() => {
  clock = new VirtualClock(0)
  reached = []
  delivery = troubledDelivery(async (url) => {
    reached.push(url)
    return new Response(null, { status: 202 })
  }, clock)
})

/** What becomes of a post, in a word; asked when whatever can happen without the clock has happened. */
function post(url: string): { outcome: string } {
  const seen = { outcome: 'under way' }
  delivery.deliver(url, {}).then(
    ({ status }) => (seen.outcome = String(status)),
    (error: Error & { cause?: { code?: string } }) => (seen.outcome = error.cause?.code ?? error.name),
  )
  return seen
}
const never = new Promise<void>(() => {})
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

test('late: the post has arrived, the answer comes when the time is over', async () => {
  delivery.trouble(TROUBLED, { kind: 'late', ms: 5_000 })
  const seen = post(TROUBLED)
  await delivery.settled(never, () => 1)
  assert.deepEqual([reached, seen.outcome], [[TROUBLED], 'under way'])
  clock.moveTo(4_999)
  await turn()
  assert.equal(seen.outcome, 'under way')
  clock.moveTo(5_000)
  await turn()
  assert.equal(seen.outcome, '202')
})

test('silent: the sender gives up after ten seconds', async () => {
  delivery.trouble(TROUBLED, { kind: 'silent' })
  const seen = post(TROUBLED)
  await delivery.settled(never, () => 1)
  clock.moveTo(9_999)
  await turn()
  assert.equal(seen.outcome, 'under way')
  clock.moveTo(10_000)
  await turn()
  assert.equal(seen.outcome, 'TimeoutError')
})

test('unreachable: refused at once, and nothing arrives', async () => {
  delivery.trouble(TROUBLED, { kind: 'unreachable' })
  const seen = post(TROUBLED)
  await turn()
  assert.deepEqual([reached, seen.outcome, clock.nextDue()], [[], 'ECONNREFUSED', null])
})

test('others get their posts meanwhile', async () => {
  delivery.trouble(TROUBLED, { kind: 'silent' })
  const seen = [post(TROUBLED), post(FINE)]
  await delivery.settled(never, () => 1)
  await turn()
  assert.deepEqual(
    seen.map(({ outcome }) => outcome),
    ['under way', '202'],
  )
})

test('it has settled when everything is delivered', async () => {
  const seen = post(FINE)
  await delivery.settled(turn(), () => 1)
  assert.equal(seen.outcome, '202')
})

test('the end lets everybody go, and no bot takes its time any more', async () => {
  delivery.trouble(TROUBLED, { kind: 'late', ms: 60_000 })
  const seen = post(TROUBLED)
  await delivery.settled(never, () => 1)
  delivery.end()
  await turn()
  assert.equal(seen.outcome, '202')
  assert.equal((await delivery.deliver(TROUBLED, {})).status, 202)
})

test('what is on its way when the end comes is held by nobody, for time passes no more', async () => {
  let arrive = () => {}
  delivery = troubledDelivery(
    () =>
      new Promise<Response>((resolve) => {
        arrive = () => resolve(new Response(null, { status: 202 }))
      }),
    clock,
  )
  delivery.trouble(TROUBLED, { kind: 'late', ms: 5_000 })
  const seen = post(TROUBLED)
  delivery.end()
  arrive()
  await turn()
  assert.equal(seen.outcome, '202')
})
