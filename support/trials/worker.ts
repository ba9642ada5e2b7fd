// A worker of `npm run deviations`: tries the batches that its parent sends, one after the other, and sends back their results.
import { loadRequirementsFile } from '../contract/requirements'
import { armable } from '../mutation'
import { loadSupportCode } from '../suite/cucumber'
import { catchesAmong } from './attribution'
import { type Trial, Trials } from './trial'

async function work(): Promise<void> {
  const trials = new Trials(await loadSupportCode(), loadRequirementsFile(), catchesAmong(armable().deviations))
  let last: Promise<void> = Promise.resolve()
  process.on('message', (batch: readonly Trial[]) => {
    last = last.then(async () => void process.send?.(await trials.run(batch)))
  })
  process.send?.('ready')
}

// Without its parent a worker has nothing to do.
process.on('disconnect', () => process.exit())
void work()
