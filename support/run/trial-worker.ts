// A worker of `npm run deviations`: tries what its parent sends, one trial after the other, and sends back what each came to.
import { loadRequirementsFile } from '../contract/requirements'
import { loadSupportCode } from './scenarios'
import { type Trial, Trials } from './trial'

async function work(): Promise<void> {
  const trials = new Trials(await loadSupportCode(), loadRequirementsFile())
  let last: Promise<void> = Promise.resolve()
  process.on('message', (trial: Trial) => {
    last = last.then(async () => void process.send?.(await trials.run(trial)))
  })
  process.send?.('ready')
}

// Without its parent a worker has nothing to do.
process.on('disconnect', () => process.exit())
void work()
