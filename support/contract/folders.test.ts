// Folders are made with their parents, and where none can be made there is an error at once.
import assert from 'node:assert/strict'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'mocha'
import { scratch } from '../../test/kit/loopback-https'
import { NEEDS_MODES, testUnless } from '../../test/kit/unless'
import { makeFolder } from './folders'

test('with every missing parent, and one that is there stays', () => {
  const folder = join(scratch(), 'a', 'b', 'c')
  makeFolder(folder)
  makeFolder(folder)
  assert.ok(statSync(folder).isDirectory())
})

testUnless(NEEDS_MODES, 'with the mode that was asked for, parents too', () => {
  const root = scratch()
  makeFolder(join(root, 'a', 'b'), 0o700)
  for (const one of ['a', 'a/b']) assert.equal(statSync(join(root, one)).mode & 0o777, 0o700)
})

test('not below a file, nor in place of one', () => {
  const file = join(scratch(), 'file')
  writeFileSync(file, '')
  for (const folder of [file, join(file, 'a'), join(file, 'a', 'b')]) assert.throws(() => makeFolder(folder), /EEXIST|ENOTDIR/)
})

testUnless(
  existsSync('/proc/self') ? false : 'needs /proc',
  'not below a folder in which nothing can be made: it does not hang',
  () => {
    for (const folder of ['/proc/x', '/proc/x/y']) assert.throws(() => makeFolder(folder), { code: 'ENOENT' })
  },
)
