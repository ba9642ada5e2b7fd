// The lines of `--list`: the scenarios that would run, and on a tenant how many calls would be made and who would be rung.
import assert from 'node:assert/strict'
import type { Envelope } from '@cucumber/messages'
import { test } from 'mocha'
import { CAST } from '../../test/kit/differing-target'
import { libraryOf } from '../suite/library'
import { listLines } from './list'

const OF_2019 = libraryOf()
const OF_V1 = libraryOf('/v1.0/communications/calls')

const selected = (
  ...pickles: readonly (readonly [name: string, tags: readonly string[], steps?: readonly string[]])[]
): Envelope[] =>
  pickles.flatMap(([name, tags, steps = []], at) => [
    {
      pickle: {
        id: `p${at}`,
        name,
        uri: 'features/a.feature',
        location: { line: at + 1, column: 1 },
        tags: tags.map((tag) => ({ name: tag, astNodeId: 'x' })),
        steps: steps.map((text) => ({ id: 'x', text, astNodeIds: [] })),
        language: 'en',
        astNodeIds: ['node'],
      },
    } as unknown as Envelope,
    { testCase: { id: `t${at}`, pickleId: `p${at}`, testSteps: [] } },
  ])

test('every scenario with its tags and place, and how many there are', () => {
  const lines = listLines(selected(['One', ['@CC-01', '@joins']], ['Two', []]), null, OF_2019)
  assert.deepEqual(lines, [
    '@CC-01 @joins  One  (features/a.feature:1)',
    '  Two  (features/a.feature:2)',
    '',
    '2 scenarios would run.',
  ])
})

test('what is not selected is left out', () => {
  const [first, , third, fourth] = selected(['One', []], ['Two', []])
  assert.deepEqual(listLines([first, third, fourth] as Envelope[], null, OF_2019), [
    '  Two  (features/a.feature:2)',
    '',
    '1 scenarios would run.',
  ])
})

test('calls are counted as the tags say, those into meetings apart', () => {
  const lines = listLines(
    selected(['A', ['@makes-no-call']], ['B', ['@joins']], ['C', ['@joins', '@makes-calls:3']], ['D', ['@rings']]),
    CAST,
    OF_2019,
  )
  assert.ok(
    lines.includes(`5 calls would be made (limits.maxCalls allows ${CAST.limits.maxCalls}), 4 of them into meetings.`),
    lines.join('\n'),
  )
  assert.ok(lines.includes('John would be rung, 1 times in all.'))
})

test('the people that the steps name ring, otherwise the one that the examples call', () => {
  const rung = (...steps: readonly string[][]) =>
    listLines(selected(...steps.map((one, at) => [`S${at}`, ['@rings'], one] as const)), CAST, OF_2019).at(-1)
  assert.equal(rung(['the bot calls Dora']), 'Dora would be rung, 1 times in all.')
  assert.equal(rung(['the bot calls a person']), 'John would be rung, 1 times in all.')
  assert.equal(rung(['the bot calls Dora'], ['the bot calls']), 'John and Dora would be rung, 2 times in all.')
  assert.equal(rung(['Dorabella calls']), 'John would be rung, 1 times in all.')
})

test('no one is rung by scenarios that only join', () =>
  assert.equal(listLines(selected(['A', ['@joins']]), CAST, OF_2019).at(-1), 'No one would be rung.'))

test('the requests of the run are those of its pages: of v1.0 example 10 calls a telephone', () => {
  const rung = (step: string, messages = OF_V1) => listLines(selected(['A', ['@rings'], [step]]), CAST, messages).at(-1)
  assert.equal(rung('the bot sends the request of example 10'), '+12345678901 would be rung, 1 times in all.')
  assert.equal(rung('the bot sends the request of example 2'), 'John would be rung, 1 times in all.')
})
