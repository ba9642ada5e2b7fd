// The simulator in process: creates through its nock mount, what calls take of the memory, and whether a call costs more beside many others.
import { runToEnd } from './processes'
import { type Measurement, measured, median } from './row'

export const inProcess: Measurement = {
  rows: [
    {
      id: 'in-process',
      what: 'creates a second through the nock mount',
      baseline: 'nock with a constant reply of the same size, with the same timers',
      unit: 'times',
      better: 'more',
      target: 0.6,
      stretch: 0.75,
    },
  ],
  measure: async ({ rounds, smaller, progress }) => {
    progress('creates through nock')
    const requests = Math.ceil(1_500 / smaller)
    const { out } = await runToEnd('test/bench/programs/in-process.ts', String(rounds), String(requests))
    const blocks = JSON.parse(out) as { readonly constant: number; readonly simulator: number }[]
    const perSecond = (of: 'constant' | 'simulator') => Math.round(requests / median(blocks.map((block) => block[of])))
    return {
      'in-process': measured(
        blocks.map(({ constant, simulator }) => constant / simulator),
        `${perSecond('simulator')} against ${perSecond('constant')} a second`,
      ),
    }
  },
}

const PROGRAM = ['--expose-gc', 'test/bench/programs/many-calls.ts']

export const manyCalls: Measurement = {
  rows: [
    {
      id: 'memory',
      what: 'memory of a further live call, from 6,000 to 18,000',
      baseline: 'memory of one parsed documented response',
      unit: 'times',
      better: 'less',
      target: 2,
      stretch: null,
    },
    {
      id: 'memory-given-back',
      what: 'memory once all these calls have ended',
      baseline: 'memory before them',
      unit: 'times',
      better: 'less',
      target: 1.05,
      stretch: null,
    },
    {
      id: 'growth',
      what: 'processor time of a create beside 100,000 live calls',
      baseline: 'beside 1,000',
      unit: 'times',
      better: 'less',
      target: 1.15,
      stretch: null,
    },
  ],
  measure: async ({ rounds, smaller, progress }) => {
    const amounts = (...all: readonly number[]) => all.map((one) => String(Math.ceil(one / smaller)))
    const [ofMemory, given, grown]: [number[], number[], number[]] = [[], [], []]
    let [bytes, costs] = ['', '']
    // Both count, and hardly differ from round to round.
    for (let round = 1; round <= Math.min(rounds, 3); round++) {
      progress(`many calls, round ${round} of ${Math.min(rounds, 3)}`)
      const taken = await runToEnd(...PROGRAM, 'memory', ...amounts(6_000, 18_000))
      const { perCall, response, kept } = JSON.parse(taken.out) as { perCall: number; response: number; kept: number }
      ofMemory.push(perCall / response)
      given.push(kept)
      bytes = `${Math.round(perCall)} against ${Math.round(response)} bytes`
      const cost = await runToEnd(...PROGRAM, 'growth', ...amounts(1_000, 100_000))
      const { early, late } = JSON.parse(cost.out) as { early: number; late: number }
      grown.push(late / early)
      costs = `${Math.round(late)} against ${Math.round(early)} microseconds`
    }
    return {
      memory: measured(ofMemory, bytes),
      'memory-given-back': measured(given, 'after collection'),
      growth: measured(grown, costs),
    }
  },
}
