// Tests that some machines cannot run: skipped there, with the reason in the name.
import { describe, test } from 'mocha'

/** @param reason why the test cannot run here, as a sentence; false where it can */
export function testUnless(reason: string | false, name: string, body: () => void | Promise<void>): void {
  if (reason === false) test(name, body)
  else test.skip(`${name} (skipped: ${reason})`, body)
}

/** The same for a group of tests. */
export function describeUnless(reason: string | false, name: string, body: () => void): void {
  if (reason === false) describe(name, body)
  else describe.skip(`${name} (skipped: ${reason})`, body)
}

/** Whether `npm run test:full` runs: it has the few tests that cost more than they add to every `npm test`. */
export const FULL = process.env.TEST_FULL !== undefined
export const FULL_ONLY = !FULL && 'npm run test:full runs it'

const WINDOWS = process.platform === 'win32'

/** Reasons why Windows cannot run a test; false elsewhere. */
export const NEEDS_SIGNALS = WINDOWS && 'Windows ends another process without a signal that it could catch'
export const NEEDS_MODES = WINDOWS && 'Windows has no file modes'
export const NEEDS_SH = WINDOWS && 'Windows has no POSIX shell'
export const NEEDS_SLASHES = WINDOWS && 'paths on Windows have drives and backslashes'
