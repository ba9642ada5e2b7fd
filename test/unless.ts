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
