// Property tests of the simulated Graph: so many requests of a family, with a seed that makes them again.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { PATIENCE_MS } from '../kit/patience'
import { FAMILIES, type Family } from './fuzz-requests'
import { type FuzzWorld, fuzzWorld } from './fuzz-world'

/** After so many requests a new simulator: the old one's lists are long enough by then. */
const REQUESTS_PER_WORLD = 5_000

/** Fewer than this many requests of a family say too little about which answers it meets. */
const ENOUGH = 50

/**
 * Sends requests of a family, each to be answered as Graph would.
 * @returns how often each status was answered
 * @throws the error of fast-check with seed, path and the smallest request that fails
 */
export async function fuzz(family: Family, requests: number, seed: number): Promise<ReadonlyMap<number, number>> {
  const met = new Map<number, number>()
  let world: FuzzWorld | null = null
  let sent = 0
  const property = fc.asyncProperty(family.requests, async (request) => {
    if (world === null || sent++ % REQUESTS_PER_WORLD === 0) {
      world?.close()
      world = await fuzzWorld(family.residents)
    }
    try {
      const status = await world.send(request)
      met.set(status, (met.get(status) ?? 0) + 1)
    } catch (error) {
      // What a failure left behind must not fail the next request too.
      world.close()
      world = null
      throw error
    }
  })
  await fc.assert(property, { numRuns: requests, seed, timeout: PATIENCE_MS, includeErrorInReport: true })
  for (const status of requests < ENOUGH ? [] : family.meets)
    assert.ok(met.has(status), `the requests never led to ${status}: ${[...met.keys()]}`)
  return met
}

/** Of any family at least so many. */
const LEAST = 10

/** How many requests of each family are sent when there are so many in all. */
export function shares(inAll: number): readonly (readonly [Family, number])[] {
  return FAMILIES.map((family) => [family, Math.max(LEAST, Math.round(family.share * inAll))] as const)
}
