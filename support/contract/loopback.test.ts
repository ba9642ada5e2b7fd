// Which spellings of a host are loopback.
import assert from 'node:assert/strict'
import { test } from 'mocha'
import { isLoopback } from './loopback'

test('only spellings that cannot mean another machine count as loopback', () => {
  const ours = '127.0.0.1 127.255.0.9 ::1 0:0:0:0:0:0:0:1 ::ffff:127.0.0.1 ::ffff:7f00:1 localhost LOCALHOST [::1] ::1%lo'.split(
    ' ',
  )
  const others = [
    ...'127.1 127.0.0.256 127.0.0.1%lo ::1%/a [::1].test ::7f00:1 2130706433 0.0.0.0 :: 128.0.0.1 ::2'.split(' '),
    ...['::ffff:192.0.2.1', 'localhost.', 'a.localhost', ''],
  ]
  assert.deepEqual(
    ours.filter((host) => !isLoopback(host)),
    [],
  )
  assert.deepEqual(others.filter(isLoopback), [])
})
