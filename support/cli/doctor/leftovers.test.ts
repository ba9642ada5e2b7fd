// What the doctor does about calls of earlier runs: tells them, hangs them up when asked to, and says what cannot be ended.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { lines } from '../../../test/kit/doctor-surroundings'
import { CouldNotRun, NonConformance } from '../../contract/faults'
import type { Leftover, Leftovers } from '../../targets/tenant/call-journal'
import { checkLeftovers, type End, endThrough } from './leftovers'

describe('what earlier runs left', () => {
  const CALL = { file: '1-a.ndjson', requestId: 'r', callsPath: '/v1.0/communications/calls', callbackPath: '/canary' }
  const KNOWN: Leftover = { ...CALL, callId: 'c-1', at: '2026-01-01T10:00:00.000Z' }
  const LOST: Leftover = { ...CALL, callId: null, at: '2026-01-01T11:00:00.000Z' }
  async function check(calls: readonly Leftover[], end: End | string | null, unreadable: Leftovers['unreadable'] = []) {
    const settled: (readonly [Leftover, string])[] = []
    return {
      said: lines(await checkLeftovers({ calls, unreadable, settle: (call, how) => void settled.push([call, how]) }, end)),
      settled,
    }
  }
  const over: End = async () => null

  test('nothing', async () => assert.deepEqual(await check([], over), { said: ['ok: left nothing behind'], settled: [] }))

  test('is only told unless asked to clean up', async () => {
    const { said, settled } = await check([KNOWN, { ...KNOWN, at: '2026-01-01T09:00:00.000Z' }, LOST], null)
    assert.match(
      said[0] as string,
      /^mend: 2 calls of earlier runs, since 2026-01-01T09.*; hang up with npm run doctor -- --clean-up$/,
    )
    assert.match(said[1] as string, /^warning: .*11:00.*may exist and cannot be ended by us/)
    assert.deepEqual([said.length, settled], [2, []])
  })

  test('is hung up, and what cannot be ended is told once', async () => {
    const { said, settled } = await check([KNOWN, LOST], over)
    assert.match(said[0] as string, /^ok: the call c-1 .* is over$/)
    assert.match(said[1] as string, /^warning: .*cannot be ended by us/)
    assert.deepEqual(settled, [
      [KNOWN, 'ended'],
      [LOST, 'told'],
    ])
    assert.doesNotMatch(said.join(), /canary/)
  })

  test('stays listed when it cannot be hung up', async () => {
    const { said, settled } = await check([KNOWN], async () => 'the hang-up was answered 403')
    assert.match(said[0] as string, /^mend: .*could not be hung up: the hang-up was answered 403; try again/)
    assert.deepEqual(settled, [])
    const without = await check([KNOWN, LOST], 'no token was got')
    assert.match(without.said[0] as string, /^not checked: 1 call of .*, not hung up, because no token was got$/)
    assert.deepEqual(without.settled, [])
  })

  test('in a journal that cannot be read', async () =>
    assert.match(
      (await check([], null, [{ file: 'x.ndjson', reason: '2 of its lines cannot be read' }])).said.join(),
      /^warning: of the journal x\.ndjson: 2 of its lines cannot be read; .+$/,
    ))

  test('over is what Graph says is over', async () => {
    const answered = (status: number, body = '') =>
      endThrough(() => ({ delete: async () => ({ status, text: body }) }) as never)('c-1', '')
    assert.equal(await answered(204), null)
    assert.equal(await answered(404, '{"error":{"code":"8522"}}'), null)
    assert.equal(await answered(404), 'the hang-up was answered 404')
    assert.equal(await answered(200), 'the hang-up was answered 200')
    const failing = (error: Error) => endThrough(() => ({ delete: () => Promise.reject(error) }))('c-1', '')
    assert.equal(await failing(new CouldNotRun('no answer')), 'no answer')
    assert.equal(await failing(new NonConformance('500')), '500')
    await assert.rejects(failing(new TypeError('x')), TypeError)
  })
})
