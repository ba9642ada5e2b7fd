// Opens the target before each scenario; hangs up and keeps the evidence after it. Seals the process while the simulator is the target.
import { After, AfterAll, Before, BeforeAll, type ITestCaseHookParameter, setDefaultTimeout } from '@cucumber/cucumber'
import { INTERRUPTED, notStarted } from '../contract/verdict'
import { FACTS_FILE, type Facts } from '../results/read-messages'
import { renderExchange } from '../results/redaction/evidence'
import { seal } from '../targets/simulator/network-guard'
import { currentRun } from './current-run'
import { listenAsWorker } from './interruption'
import { closeTargets } from './open-target'
import type { CallWorld } from './world'

/** Time limit of a step, in milliseconds of real time. Every wait has a shorter limit of its own and an error that names what it waited for. */
const STEP_LIMIT_MS = 120_000
setDefaultTimeout(STEP_LIMIT_MS)

const NOTHING_EARLIER = { keys: [] as string[], tokens: [] as string[] }
const NO_CALLS = { made: 0, ended: 0, left: [] as string[], uncertain: [] as string[] }

let unseal = () => {}

BeforeAll({ name: 'Seal the process' }, function () {
  if (this.parameters.target === 'simulator') unseal = seal()
  if (process.env.CUCUMBER_WORKER_ID !== undefined) listenAsWorker()
})

Before({ name: 'Open the target' }, async function (this: CallWorld, { pickle }: ITestCaseHookParameter) {
  const { interruption, stopped, stop } = currentRun()
  const why = interruption.aborted ? INTERRUPTED : stopped
  if (why !== null) {
    keep(this, { skipped: { outcome: 'could-not-run', reason: notStarted(why) } })
    return 'skipped'
  }
  const tags = pickle.tags.map(({ name }) => name)
  const reason = await this.open(pickle, tags).catch((error: unknown) => {
    // A tenant is opened once for all scenarios.
    if (this.parameters.target === 'tenant') stop('the target cannot be opened')
    throw error
  })
  if (reason === null) return
  keep(this, { skipped: { outcome: 'not-applicable', reason } })
  return 'skipped'
})

After({ name: 'Hang up and keep the evidence' }, async function (this: CallWorld) {
  if (this.sessions.length > 0 && this.inapplicable === null) currentRun().scenarioEnded(this.lasting)
  // A notification on its way may still name a call.
  if (this.sessions.length > 0 && !currentRun().interruption.aborted) await this.target.until(() => true, 0)
  const bots = this.sessions.flatMap((session) => session.bots)
  const cleanup = { ...NO_CALLS }
  for (const bot of bots) {
    const { made, ended, left, uncertain } = await bot.hangUp()
    cleanup.made += made
    cleanup.ended += ended
    cleanup.left = [...cleanup.left, ...left]
    cleanup.uncertain = [...cleanup.uncertain, ...uncertain]
  }
  const exchanges = this.parameters.evidence ? bots.flatMap((bot) => bot.exchanges) : []
  for (const [at, exchange] of exchanges.entries()) {
    const { name, text } = renderExchange(exchange)
    this.attach(text, { mediaType: 'text/plain', fileName: `${at + 1} ${name}` })
  }
  if (this.sessions.length > 0) {
    const { memory } = this.target
    keep(this, {
      cleanup,
      errata: all(this.sessions.map(({ errata }) => errata)),
      drift: all(this.sessions.map(({ drift }) => drift)),
      exchangedAt: exchanges.map(({ at = 0 }) => Math.round(at * 10) / 10),
      earlier: { keys: [...memory.keys.earlier], tokens: [...memory.tokens.earlier] },
      strayPosts: this.target.strayPosts?.() ?? 0,
      ...(this.inapplicable === null ? {} : { skipped: { outcome: 'not-applicable', reason: this.inapplicable } }),
    })
  }
  await this.close()
})

AfterAll({ name: 'Close the target' }, async () => {
  await closeTargets()
  unseal()
})

function all(sets: readonly ReadonlySet<string>[]): string[] {
  return [...new Set(sets.flatMap((set) => [...set]))].sort()
}

function keep(world: CallWorld, facts: Partial<Facts>): void {
  const whole: Facts = {
    skipped: null,
    errata: [],
    drift: [],
    cleanup: NO_CALLS,
    exchangedAt: [],
    earlier: NOTHING_EARLIER,
    strayPosts: 0,
    ...facts,
  }
  world.attach(JSON.stringify(whole), { mediaType: 'application/json', fileName: FACTS_FILE })
}
