// `npm run conformance` as a process: what only a process has, such as signals, workers and a death without a word.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { after, describe } from 'mocha'
import { report } from '../../support/cli/report'
import { NOT_MADE, noAllurePage } from '../kit/allure'
import { CommandProcesses } from '../kit/command-processes'
import { lastLine, type Result, verdictIn } from '../kit/command-runs'
import { FULL_ONLY, NEEDS_SIGNALS, testUnless } from '../kit/unless'

const processes = new CommandProcesses({ spoilt: true })
after(() => processes.remove())

function shows(stream: Readable | null, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = ''
    stream?.on('data', (chunk) => {
      printed += chunk
      if (printed.includes(text)) resolve()
    })
    stream?.on('end', () => reject(new Error(`it ended without "${text}": ${printed}`)))
  })
}

describe('interruption', () => {
  async function interrupted(signal: NodeJS.Signals, ...args: string[]): Promise<Result> {
    const { child, result } = processes.start('conformance', ['--tags', '@slow or @CC-30', '--verbose', ...args])
    // One scenario has ended and another is under way: in two processes either may be first.
    await Promise.all([shows(child.stdout, 'CC-30'), shows(child.stderr, 'waiting')])
    child.kill(signal)
    return result
  }

  testUnless(NEEDS_SIGNALS || FULL_ONLY, 'SIGTERM with two workers: 2, with a verdict and reports of what was seen', async () => {
    const result = await interrupted('SIGTERM', '--parallel', '2')
    assert.equal(result.code, 2, result.out + result.err)
    assert.deepEqual([result.verdict?.outcome, result.verdict?.aborted], ['incomplete', true])
    const outcomes = Object.fromEntries((result.verdict?.scenarios ?? []).map(({ name, outcome }) => [name, outcome]))
    assert.equal(outcomes['a long wait'], 'could-not-run')
    assert.equal(outcomes['A call to a person, with media hosted by the service'], 'passed')
    assert.match(lastLine(result), /^Incomplete: .* \(interrupted\)/)
  })

  testUnless(NEEDS_SIGNALS, 'kill -9: the record is there, and the report command makes the verdict', async () => {
    const result = await interrupted('SIGKILL')
    assert.deepEqual([result.code, result.verdict], [null, null])
    let out = ''
    const collect = (text: string) => {
      out += text
    }
    const code = await report(['--reports', result.reports], { out: collect, error: collect, allurePage: noAllurePage })
    assert.equal(code, 0, out)
    const made = verdictIn(result.reports)
    assert.deepEqual([made?.outcome, made?.aborted], ['incomplete', true])
    assert.match(readFileSync(join(result.reports, 'junit.xml'), 'utf8'), /interrupted here/)
    assert.ok(out.includes(NOT_MADE), out)
  })
})
