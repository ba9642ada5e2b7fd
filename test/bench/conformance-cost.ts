// What a scenario costs: the processor time of the whole run less that of a run of one scenario, for each further scenario.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runToEnd } from './processes'
import { type Measurement, measured, median, type Row } from './row'

const COMMAND = 'support/cli/conformance.ts'
/** Loaded before the command, which then calls the handlers without nock, as deviations do. */
const DIRECT = ['-r', './test/bench/programs/direct-mount.ts']
const ONE = 'CC-01'

const perScenario = (id: string, what: string, target: number, stretch: number): Row => ({
  id,
  what,
  baseline: null,
  unit: 'ms of processor time',
  better: 'less',
  target,
  stretch,
})

export const conformanceCost: Measurement = {
  rows: [
    perScenario('per-scenario', 'a scenario beyond the start, reports included, on nock', 26, 18),
    perScenario('per-scenario-direct', 'the same without nock, as deviations run', 14, 10),
    {
      id: 'whole-run',
      what: 'wall time of all scenarios',
      baseline: 'wall time of one',
      unit: 'times',
      better: 'less',
      target: null,
      stretch: null,
    },
  ],
  measure: async ({ rounds, progress }) => {
    const figures: Record<'nock' | 'direct' | 'whole', number[]> = { nock: [], direct: [], whole: [] }
    const walls: Record<'all' | 'one', number[]> = { all: [], one: [] }
    let scenarios = 0
    for (let round = 1; round <= rounds; round++) {
      progress(`conformance runs, round ${round} of ${rounds}`)
      for (const [name, mount] of [['nock', []] as const, ['direct', DIRECT] as const]) {
        const all = await run(mount, [])
        const one = await run(mount, ['--requirement', ONE])
        scenarios = all.scenarios
        figures[name].push((all.cpuMs - one.cpuMs) / (all.scenarios - one.scenarios))
        if (name === 'direct') continue
        figures.whole.push(all.wallMs / one.wallMs)
        walls.all.push(all.wallMs)
        walls.one.push(one.wallMs)
      }
    }
    const seconds = (of: readonly number[]) => `${(median(of) / 1000).toFixed(1)} s`
    const detail = `${scenarios} scenarios, ${rounds} rounds`
    return {
      'per-scenario': measured(figures.nock, detail),
      'per-scenario-direct': measured(figures.direct, detail),
      'whole-run': measured(figures.whole, `${seconds(walls.all)} against ${seconds(walls.one)}`),
    }
  },
}

async function run(mount: readonly string[], selection: readonly string[]) {
  const reports = mkdtempSync(join(tmpdir(), 'bench-reports-'))
  try {
    const ended = await runToEnd(...mount, COMMAND, '--reports', reports, ...selection)
    const { scenarios } = JSON.parse(readFileSync(join(reports, 'verdict.json'), 'utf8')) as { scenarios: { outcome: string }[] }
    return { ...ended, scenarios: scenarios.filter(({ outcome }) => outcome === 'passed').length }
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
}
