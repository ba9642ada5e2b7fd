// What bots remember: fetched once for all, again when it holds no more or was refused, never a failure; and which scenario fetched it.
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'mocha'
import { Memory } from './memory'

let memory: Memory<number>
let fetched: number
const fetch = async () => ++fetched
const fails = () => Promise.reject(new Error('not now'))

beforeEach(() => {
  memory = new Memory()
  fetched = 0
  memory.begin('first')
})

describe('a remembered value', () => {
  test('is fetched once under its name, for requests at the same time too', async () => {
    assert.deepEqual(await Promise.all([memory.recall('a', fetch), memory.recall('a', fetch)]), [1, 1])
    assert.equal(await memory.recall('b', fetch), 2)
    assert.equal(await memory.recall('a', fetch), 1)
  })

  test('is fetched again when it holds no more, once for requests at the same time', async () => {
    await memory.recall('a', fetch)
    const renewed = () => memory.recall('a', fetch, (value) => value > 1)
    assert.deepEqual(await Promise.all([renewed(), renewed()]), [2, 2])
  })

  test('is fetched again once it was forgotten, and no other', async () => {
    await memory.recall('a', fetch)
    await memory.recall('b', fetch)
    await memory.forget((value) => value === 1)
    assert.deepEqual([await memory.recall('a', fetch), await memory.recall('b', fetch)], [3, 2])
  })

  test('is forgotten beside one that cannot be fetched', async () => {
    let fail = (_: Error) => {}
    const pending = new Promise<number>((_, reject) => {
      fail = reject
    })
    const failing = assert.rejects(
      memory.recall('b', () => pending),
      /not now/,
    )
    await memory.recall('a', fetch)
    const forgotten = memory.forget(() => true)
    fail(new Error('not now'))
    await forgotten
    await failing
    assert.equal(await memory.recall('a', fetch), 2)
  })

  test('is no failure', async () => {
    await assert.rejects(memory.recall('a', fails), /not now/)
    assert.equal(await memory.recall('a', fetch), 1)
  })
})

test('a scenario knows which earlier ones fetched what it uses', async () => {
  await memory.recall('a', fetch)
  assert.deepEqual(memory.earlier, [])
  memory.begin('second')
  await memory.recall('b', fetch)
  assert.deepEqual(memory.earlier, [])
  await memory.recall('a', fetch)
  assert.deepEqual(memory.earlier, ['first'])
  memory.begin('third')
  await memory.recall('b', fetch)
  assert.deepEqual(memory.earlier, ['second'])
})
