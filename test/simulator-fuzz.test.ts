// Whatever a client sends, the handler answers as Graph would: no 5xx but the holes said aloud, no other body, no throw, no wait.
import { test } from 'mocha'
import { fuzz, shares } from './fuzz'

/** In all; `npm run test:robust` sends ten times as many, and others every day. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 10_000)
const SEED = Number(process.env.FUZZ_SEED ?? 20_191_105)

for (const [family, requests] of shares(REQUESTS)) {
  test(`${requests} requests of seed ${SEED}: ${family.name}`, async () => {
    await fuzz(family, requests, SEED)
  })
}
