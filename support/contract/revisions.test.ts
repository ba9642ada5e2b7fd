// The revisions load with their pages and messages, and a broken file is reported with the place and what to write.
import assert from 'node:assert/strict'
import { test } from 'mocha'
import { broken } from '../../test/kit/broken-fixtures'
import { documentedOperations, loadDocumented, printedContext } from './documented'
import { loadRequirements } from './requirements'
import { callsPaths, DEFAULT_CALLS_PATH, defaultRevision, loadRevisions, revisionOf } from './revisions'

test('three roots, that of 2019 first, each with its pages and its messages', () => {
  assert.deepEqual(callsPaths(), ['/beta/app/calls', '/beta/communications/calls', '/v1.0/communications/calls'])
  assert.equal(callsPaths()[0], DEFAULT_CALLS_PATH)
  assert.equal(defaultRevision().id, '2019-11')
  for (const revision of loadRevisions()) {
    assert.ok(documentedOperations(revision).includes('create-call'))
    const { examples } = loadDocumented('create-call', revision)
    assert.deepEqual([...examples.keys()].slice(0, 6), [1, 2, 3, 4, 5, 6])
    assert.equal(revision.pages[0]?.title, 'Create call')
  }
  assert.throws(() => revisionOf('/beta/calls'), /no revision has the path \/beta\/calls: use one of \/beta\/app\/calls, /)
})

test('the context of a call that a GET answers with is that of the path in v1.0 alone', () => {
  const contexts = loadRevisions().map((revision) => printedContext(revision).replace('https://graph.microsoft.com/', ''))
  assert.deepEqual(contexts, [
    'beta/$metadata#app/calls/$entity',
    'beta/$metadata#app/calls/$entity',
    'v1.0/$metadata#communications/calls/$entity',
  ])
})

test('requirements name revisions that there are', () => {
  const ids = new Set(loadRevisions().map(({ id }) => id))
  const named = loadRequirements().flatMap(({ revisions = [] }) => revisions)
  assert.ok(named.length > 5)
  assert.deepEqual(
    named.filter((id) => !ids.has(id)),
    [],
  )
})

test('a broken file', () => {
  const wrong = broken('revisions.yaml', loadRevisions, 'callsPath: /beta/app/calls', 'callsPath: app/calls')
  wrong(['revisions[0].callsPath', /does not have the right form; write version and segment/])
})
