// What is printed while a run goes on: few scenarios one by one; of many a line per feature, and whatever did not simply pass.
import assert from 'node:assert/strict'
import type { Envelope } from '@cucumber/messages'
import { describe, test } from 'mocha'
import type { ScenarioVerdict } from '../contract/verdict'
import { watch } from './live-output'

const URI = 'features/a.feature'

function heard(count: number): Envelope[] {
  const ids = Array.from({ length: count }, (_, at) => String(at))
  return [
    { gherkinDocument: { uri: URI, feature: { name: 'A question' } } },
    ...ids.map((id) => ({ pickle: { id, uri: URI } })),
    ...ids.map((id) => ({ testCase: { id, pickleId: id } })),
  ] as unknown as Envelope[]
}

const scenario = (name: string, more: Partial<ScenarioVerdict> = {}): ScenarioVerdict => ({
  name,
  uri: URI,
  line: 1,
  outcome: 'passed',
  requirements: ['CC-01'],
  drift: [],
  warnings: [],
  durationMs: 100,
  reason: null,
  ...more,
})

function printed(count: number, eachScenario: boolean, ended: readonly ScenarioVerdict[]): string[] {
  const lines: string[] = []
  const seen = watch({ print: (line) => lines.push(line), colours: false }, eachScenario)
  for (const envelope of heard(count)) seen.hear(envelope)
  for (const one of ended) seen.ended(one, false)
  return lines
}

const many = (number: number) => Array.from({ length: number }, (_, at) => scenario(`number ${at}`))

describe('while a run goes on', () => {
  test('few scenarios have a line each', () => {
    assert.deepEqual(printed(2, false, many(2)), ['  ✓ CC-01  number 0  100 ms', '  ✓ CC-01  number 1  100 ms'])
  })

  test('of many there is one line per feature, when its last has ended', () => {
    assert.deepEqual(printed(50, false, many(49)), [])
    const [line, ...others] = printed(50, false, many(50))
    assert.match(line ?? '', /^ {2}✓ A question +50 passed {2}5\.0 s$/)
    assert.deepEqual(others, [])
  })

  test('what did not simply pass is told at once', () => {
    const odd = [
      scenario('wrong', { outcome: 'failed', reason: 'it differs' }),
      scenario('drifts', { drift: ['D-01'] }),
      scenario('warns', { warnings: ['a should'] }),
    ]
    const lines = printed(50, false, [...odd, ...many(47)])
    assert.match(lines.join('\n'), /✗ CC-01 {2}wrong failed.*\n {6}it differs\n.*drifts with drift D-01.*\n.*warns/)
    assert.match(lines.at(-1) ?? '', /✗ A question +49 of 50 passed/)
  })

  test('each has a line where somebody asks for it', () => {
    assert.equal(printed(50, true, many(50)).length, 50)
  })
})
