// A cache with a limited number of entries.
import assert from 'node:assert/strict'
import { test } from 'mocha'
import { BoundedCache } from './bounded-cache'

test('keeps so many entries and drops the oldest', () => {
  const cache = new BoundedCache<string, number>(2)
  cache.set('a', 1)
  cache.set('b', 2)
  cache.set('b', 3)
  assert.deepEqual([cache.get('a'), cache.get('b')], [1, 3])
  cache.set('c', 4)
  assert.deepEqual([cache.get('a'), cache.get('b'), cache.get('c')], [undefined, 3, 4])
  cache.delete('b')
  assert.equal(cache.get('b'), undefined)
})
