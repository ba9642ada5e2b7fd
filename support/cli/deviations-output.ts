// Prints the output of `npm run deviations`: progress, failures, and a table of caught deviations by requirement.
import type { DeviationsReport, DeviationVerdict, VariationVerdict } from '../contract/deviations'

type Sums = DeviationsReport['requirements']

/** Counts the caught deviations of each requirement, in the order of the requirements. */
export function sumsOf(deviations: readonly DeviationVerdict[], order: readonly string[]): Sums {
  return order.flatMap((id) => {
    const own = deviations.filter(({ requirement }) => requirement === id)
    if (own.length === 0) return []
    const tally = (kind: DeviationVerdict['kind']) => {
      const those = own.filter((one) => one.kind === kind)
      return { caught: those.filter(({ fault }) => fault === null).length, of: those.length }
    }
    const durationMs = own.reduce((sum, one) => sum + one.durationMs, 0)
    return [{ id, mechanical: tally('mechanical'), behaviour: tally('behaviour'), durationMs }]
  })
}

const of = ({ caught, of: all }: { readonly caught: number; readonly of: number }) => (all === 0 ? '' : `${caught} of ${all}`)

/** The table for a terminal. */
export function tableOf(sums: Sums): readonly string[] {
  const rows = sums.map(({ id, mechanical, behaviour, durationMs }) => [id, of(mechanical), of(behaviour), `${durationMs} ms`])
  const all = [['', 'mechanical', 'behaviours', 'time'], ...rows]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all.map(
    (row) => `  ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0))).join('   ')}`,
  )
}

/** One line for each deviation that is not caught, variation that is not accepted, and scenario that no deviation fails. */
export function faultsOf({
  deviations,
  twins,
  unfailed,
}: Pick<DeviationsReport, 'deviations' | 'twins' | 'unfailed'>): readonly string[] {
  return [...deviations.flatMap(ofDeviation), ...twins.flatMap(ofVariation), ...unfailed.map(ofScenario)]
}

function ofScenario({ scenario, requirements }: DeviationsReport['unfailed'][number]): string {
  return `  ✗ no deviation fails "${scenario}" (${requirements.join(', ')}): nothing shows that it can fail`
}

function ofDeviation({ id, requirement, detected, fault }: DeviationVerdict): readonly string[] {
  return fault === null ? [] : [`  ✗ ${id} (${requirement}) ${detected ? 'is wrongly attributed' : 'survives'}: ${fault}`]
}

function ofVariation({ id, outcome, failedBy: [first] }: VariationVerdict): readonly string[] {
  if (outcome === 'conformant') return []
  return [
    `  ✗ ${id}, an allowed variation, is ${outcome}: ${first === undefined ? 'nothing ran' : `"${first.scenario}": ${first.reason}`}`,
  ]
}

/** The last lines: how to get full attribution, how many were caught, and the path of the report. */
export function lastLinesOf({ deviations, twins, durationMs, workers, full }: DeviationsReport, file: string): string {
  const caught = deviations.filter(({ fault }) => fault === null).length
  const conformant = twins.filter(({ outcome }) => outcome === 'conformant').length
  const against = full ? ', each against every scenario' : ''
  const more = full ? '' : 'Which other scenarios see a deviation, and which scenarios none fails: npm run deviations -- --full\n'
  const time = `${Math.round(durationMs / 1000)} s on ${workers} ${workers === 1 ? 'worker' : 'workers'}`
  return `${more}${caught} of ${deviations.length} deviations caught, ${conformant} of ${twins.length} allowed variations conformant${against} (${time}): ${file}`
}

interface Output {
  readonly error: (text: string) => void
  /** Whether `error` writes to a terminal, where a line can be overwritten. */
  readonly isTerminal: boolean
}

/** Prints progress: on a terminal on one line; elsewhere a line for each tenth. Prints failures as they occur. */
export function progressOn(
  { error, isTerminal }: Output,
  total: number,
): (done: number, id: string, faults: readonly string[]) => void {
  const clear = isTerminal ? '\r\u001b[K' : ''
  let printed = 0
  return (done, id, faults) => {
    for (const fault of faults) error(`${clear}${fault}\n`)
    if (isTerminal) error(`${clear}${done} of ${total} ${done === total ? '\n' : id}`)
    else if (done === total || done >= printed + total / 10) {
      printed = done
      error(`${done} of ${total} tried\n`)
    }
  }
}
