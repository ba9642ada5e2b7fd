// The doctor's look at what earlier runs left: calls that were created and, as far as is known, never ended.

import { type GraphClient, saysOver } from '../../bot/graph-client'
import { CouldNotRun, HarnessError, NonConformance } from '../../contract/faults'
import type { Leftover, Leftovers } from '../../targets/tenant/call-journal'
import { type Checked, type Finding, found, mend, ok, warning } from './check-services'

/** What runs that are over left, and how it is noted that a call is no longer open: it has ended, or somebody was told that nobody can end it. */
export interface EarlierRuns extends Leftovers {
  settle(call: Leftover, how: 'ended' | 'told'): void
}

/** Ends a call: null when it is over, or in words why it may not be. */
export type End = (callId: string, callsPath: string) => Promise<string | null>

/** Hangs up through a client of Graph, under the path at which the call was made. */
export function endThrough(client: (callsPath: string) => Pick<GraphClient, 'delete'>): End {
  return async (callId, callsPath) => {
    try {
      const reply = await client(callsPath).delete(callId)
      return saysOver(reply) ? null : `the hang-up was answered ${reply.status}`
    } catch (error) {
      if (error instanceof CouldNotRun || error instanceof NonConformance || error instanceof HarnessError) return error.message
      throw error
    }
  }
}

const CLEAN_UP = 'npm run doctor -- --clean-up'

/**
 * Tells what earlier runs with this Graph, tenant and app left, and ends it where asked to.
 * @param end how a call is ended; null: only tell. A sentence: why nothing can be ended now
 */
export async function checkLeftovers(runs: EarlierRuns, end: End | string | null): Promise<Checked> {
  const { calls, unreadable } = runs
  const findings: Finding[] = unreadable.map(({ file, reason }) =>
    warning({ cause: `of the journal ${file}: ${reason}`, remedy: 'look into it by hand: it may name a call' }),
  )
  const known = calls.filter((call): call is Known => call.callId !== null)
  const lost = calls.filter(({ callId }) => callId === null)
  if (typeof end === 'string') {
    if (known.length > 0) findings.push({ state: 'not checked', says: `${counted(known)} not hung up, because ${end}` })
  } else if (end === null) {
    if (known.length > 0)
      findings.push(mend({ cause: `${counted(known)} may still be there`, remedy: `hang up with ${CLEAN_UP}` }))
  } else {
    for (const call of known) findings.push(await endOne(call, end, runs))
  }
  for (const call of lost) {
    findings.push({
      state: 'warning',
      says: `a call asked for at ${call.at} may exist and cannot be ended by us: its id was never learned`,
    })
    if (typeof end === 'function') runs.settle(call, 'told')
  }
  return found(...(findings.length === 0 ? [ok('left nothing behind')] : findings))
}

type Known = Leftover & { readonly callId: string }

async function endOne(call: Known, end: End, runs: EarlierRuns): Promise<Finding> {
  const failure = await end(call.callId, call.callsPath)
  const told = `the call ${call.callId} of ${call.at}`
  if (failure !== null) return mend({ cause: `${told} could not be hung up: ${failure}`, remedy: `try again with ${CLEAN_UP}` })
  runs.settle(call, 'ended')
  return ok(`${told} is over`)
}

function counted(calls: readonly Leftover[]): string {
  const oldest = calls.map(({ at }) => at).sort()[0]
  return `${calls.length} ${calls.length === 1 ? 'call' : 'calls'} of earlier runs, since ${oldest},`
}
