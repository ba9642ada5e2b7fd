// A map of limited size.
import assert from 'node:assert/strict'
import { test } from 'mocha'
import { Recent } from './recent'

test('keeps so many entries and drops the oldest', () => {
  const recent = new Recent<string, number>(2)
  recent.set('a', 1)
  recent.set('b', 2)
  recent.set('b', 3)
  assert.deepEqual([recent.get('a'), recent.get('b')], [1, 3])
  recent.set('c', 4)
  assert.deepEqual([recent.get('a'), recent.get('b'), recent.get('c')], [undefined, 3, 4])
  recent.delete('b')
  assert.equal(recent.get('b'), undefined)
})
