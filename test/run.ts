// `npm test`, and with --full `npm run test:full`: runs the areas side by side, a line for each, and repeats the failures at the end.
import { randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import { onEndRequest } from '../support/contract/end-requests'
import { type Area, areas } from './areas'
import { seedOfRun } from './kit/seed'
import { endAll, type Failure, type Outcome } from './run-area'

const NAME_WIDTH = 36

/** Exit code after a signal. */
const INTERRUPTED = 130

interface Options {
  readonly full?: true
  readonly order: number | null
  readonly shard: readonly [part: number, of: number]
  readonly only: readonly string[]
  readonly list?: true
}

function options(args: readonly string[]): Options {
  const command = new Command('npm test --')
    .description('Runs types, lint, unit tests, scenarios and deviations; with --full everything there is.')
    .option('--full', 'also full attribution of deviations, the long fuzz, package and robustness')
    .option('--order <order>', 'order of the test files: "name" or "random:SEED"', order, null)
    .option('--shard <part>', 'only a part of the areas, for example 1/4', shard, [1, 1])
    .option('--only <area>', 'only the areas whose name begins so (repeatable)', (text, sofar: string[]) => [...sofar, text], [])
    .option('--list', 'print the areas, and run nothing')
    .allowExcessArguments(false)
  return command.parse([...args], { from: 'user' }).opts<Options>()
}

function order(text: string): number | null {
  if (text === 'name') return null
  const [, seed] = /^random:(\d{1,9})$/.exec(text) ?? []
  if (seed === undefined) throw new InvalidArgumentError('Write name or random:SEED.')
  return Number(seed)
}

function shard(text: string): [number, number] {
  const [, part, of] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  const [at, all] = [Number(part), Number(of)]
  if (!(at >= 1 && at <= all)) throw new InvalidArgumentError('Write PART/OF, for example 1/4.')
  return [at, all]
}

/** Runs areas in their order, as many at once as there are cores for. */
async function runAll(
  chosen: readonly Area[],
  seed: number,
  ended: (area: Area, outcome: Outcome, ms: number) => void,
): Promise<void> {
  // One more than there are: the unit tests wait for sockets and processes part of their time.
  const cores = availableParallelism() + 1
  const waiting = [...chosen]
  const running = new Set<Promise<void>>()
  let busy = 0
  while (waiting.length > 0 || running.size > 0) {
    const next = waiting.find((area) => busy + Math.min(area.cores, cores) <= cores)
    if (next === undefined) {
      await Promise.race(running)
      continue
    }
    waiting.splice(waiting.indexOf(next), 1)
    const needs = Math.min(next.cores, cores)
    busy += needs
    const began = performance.now()
    const done = next
      .run(seed)
      .catch(
        (error: Error): Outcome => ({
          passed: 0,
          skipped: 0,
          failures: [{ title: next.name, detail: String(error.stack), again: 'npm test' }],
        }),
      )
      .then((outcome) => {
        busy -= needs
        running.delete(done)
        ended(next, outcome, performance.now() - began)
      })
    running.add(done)
  }
}

function lineOf({ name }: Area, { passed, skipped, failures }: Outcome, ms: number): string {
  const mark = failures.length === 0 ? '✓' : '✗'
  const counts = [
    `${passed} passed`,
    ...(failures.length > 0 ? [`${failures.length} FAILED`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ]
  return `${mark} ${name.padEnd(NAME_WIDTH)} ${counts.join(', ').padEnd(24)} ${(ms / 1000).toFixed(1).padStart(6)} s`
}

function print(failures: readonly Failure[]): void {
  for (const { title, detail, again } of failures)
    console.log(`\n✗ ${title}\n${detail.replace(/^/gm, '    ')}\n    Alone: ${again}`)
}

async function main(): Promise<void> {
  const {
    full = false,
    order: shuffle,
    shard: [part, of],
    only,
    list,
  } = options(process.argv.slice(2))
  const all = areas({ full, shuffle })
  const named = only.length === 0 ? all : all.filter(({ name }) => only.some((one) => name.startsWith(one)))
  const chosen = named.filter((_, at) => at % of === part - 1)
  if (list) {
    for (const { name } of chosen) console.log(name)
    return
  }
  if (full) process.env.TEST_FULL = '1'
  const seed = full && !process.env.TEST_SEED ? randomInt(1_000_000_000) : seedOfRun()
  console.log(
    `Seed ${seed}${full ? ' (TEST_SEED repeats it)' : ''}${shuffle === null ? '' : `, test files in random order ${shuffle}`}\n`,
  )
  const tally = { passed: 0, failures: [] as Failure[] }
  const began = performance.now()
  await runAll(chosen, seed, (area, outcome, ms) => {
    tally.passed += outcome.passed
    tally.failures.push(...outcome.failures)
    console.log(lineOf(area, outcome, ms))
  })
  print(tally.failures)
  console.log(`\n${((performance.now() - began) / 1000).toFixed(0)} s`)
  console.log(`${tally.passed} passed, ${tally.failures.length} failed`)
  process.exitCode = tally.failures.length === 0 && tally.passed > 0 ? 0 : 1
}

onEndRequest(() => {
  endAll()
  process.exit(INTERRUPTED)
})
void main()
