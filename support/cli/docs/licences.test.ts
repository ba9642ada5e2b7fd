// docs/licences.md is what the lock file says, and every licence is one that we accept.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'mocha'
import { PROJECT_ROOT } from '../../contract/fixture'
import { LICENCES_COMMAND, LICENCES_FILE, licencesPage, lockedPackages } from './licences'

/** Permissive: they ask for no more than to keep their text. */
const ACCEPTED = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]
/** Accepted for one package, of a tool that is not shipped: data, and the checker of the page, which the tests use unchanged. */
const EXCEPTIONS: Readonly<Record<string, string>> = { 'spdx-exceptions': 'CC-BY-3.0', 'axe-core': 'MPL-2.0' }

test('the committed page is what the lock file says now', () => {
  const committed = readFileSync(join(PROJECT_ROOT, LICENCES_FILE), 'utf8')
  assert.ok(
    committed === licencesPage(lockedPackages()),
    `${LICENCES_FILE} is out of date; \`${LICENCES_COMMAND}\` makes it again`,
  )
})

test('every package is under a licence that we accept', () => {
  const packages = lockedPackages()
  assert.ok(packages.length > 100 && packages.some(({ dev }) => !dev))
  const others = packages.filter(({ name, licence }) => {
    // Of alternatives one is enough.
    const isAccepted = (licence ?? 'none')
      .replace(/[()]/g, '')
      .split(' AND ')
      .every((one) => one.split(' OR ').some((alternative) => ACCEPTED.includes(alternative)))
    return !isAccepted && EXCEPTIONS[name] !== licence
  })
  assert.deepEqual(
    others.map(({ name, licence }) => `${name}: ${licence}`),
    [],
  )
})
