// Fixtures as they are and as they could be broken, in a folder of the test's own.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { FixtureError, PROJECT_ROOT } from '../../support/contract/fixture'

/** Shared by the test files of a process, and removed when it ends. */
export const folder = mkdtempSync(path.join(tmpdir(), 'fixtures-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

export const fixture = (name: string) => path.join(PROJECT_ROOT, 'fixtures', name)

export function written(text: string, name = 'broken.yaml'): string {
  writeFileSync(path.join(folder, name), text)
  return path.join(folder, name)
}

/** Asserts that loading fails with exactly these problems, each given as its place and what its sentence says. */
export function refuses(load: () => unknown, file: string, problems: readonly (readonly [place: string, says: RegExp])[]): void {
  assert.throws(load, (error) => {
    assert.ok(error instanceof FixtureError, String(error))
    const places = problems.map(([place]) => place)
    assert.deepEqual([error.file, error.path, ...error.problems.map((problem) => problem.path)], [file, places[0], ...places])
    for (const [at, line] of error.message.split('\n').entries()) {
      const [place, says] = problems[at] ?? assert.fail(`not expected: ${line}`)
      assert.ok(line.startsWith(`${file}: ${place}`), line)
      assert.match(line, says)
    }
    return true
  })
}

/** Loads the text `from` of a good fixture replaced by `to`. */
export function broken(name: string, load: (file: string) => unknown, from: string | RegExp, to: string) {
  const good = readFileSync(fixture(name), 'utf8')
  const text = good.replace(from, to)
  assert.notEqual(text, good, `${name} does not contain ${from}`)
  const file = written(text)
  return (...problems: (readonly [string, RegExp])[]) => refuses(() => load(file), file, problems)
}
