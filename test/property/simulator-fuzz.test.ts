// The handler answers any request as Graph would: no 5xx but the holes said aloud, no other body, no throw, no wait.
import { test } from 'mocha'
import { seedOfRun } from '../kit/seed'
import { fuzz, shares } from './fuzz'

/** In all; `npm run test:full` sends 100,000, of a new seed. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 1_500)
const SEED = seedOfRun()

for (const [family, requests] of shares(REQUESTS)) {
  test(`${requests} requests of seed ${SEED}: ${family.name}`, async () => {
    await fuzz(family, requests, SEED)
    // Each request has a limit of its own; how long all of them take says something about the machine alone.
  }).timeout(0)
}
