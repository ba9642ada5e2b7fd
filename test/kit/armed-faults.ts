// For tests of faults: arming one in a simulated world, a call from beginning to end, and what the journal says about faults.
import assert from 'node:assert/strict'
import type { Armed } from '../../support/simulator/faults/armed-faults'
import { chooseFault } from '../../support/simulator/faults/fault-list'
import { BOT, CALLS, request, type Simulated } from './simulated-world'

interface Limits {
  readonly messages?: number
  readonly callId?: string
  readonly appId?: string
}

/** @param written its own parameters */
export function arm({ simulator }: Simulated, id: string, written: object = {}, { messages, callId, appId }: Limits = {}): Armed {
  const chosen = chooseFault(id, { ...written })
  assert.ok('fault' in chosen, JSON.stringify(chosen))
  return simulator.faults.arm({
    ...chosen,
    messages: messages ?? null,
    scope: { callId: callId ?? null, appId: appId ?? null },
  })
}

/** Asks for a call that does not exist. */
export const look = (run: Simulated, token?: string) => run.ask('GET', `${CALLS}/none`, token === undefined ? {} : { token })

/** The entries of the journal about faults, as `KIND FAULT: TEXT`. */
export const caused = ({ simulator }: Simulated) =>
  simulator.journal.entries().flatMap(({ fault, kind, text }) => (fault === undefined ? [] : [`${kind} ${fault}: ${text}`]))

export const answer = async ({ simulator }: Simulated, callId: string) => {
  assert.equal(simulator.perform({ kind: 'answer', callId }), null)
  await simulator.idle()
}

/** A call to John, who answers, until the bot has hung up. Returns what was posted: four notifications. */
export async function life(run: Simulated, app = BOT): Promise<{ callId: string; posted: readonly string[] }> {
  const { id: callId } = await run.call(request(1), app)
  await answer(run, callId)
  assert.equal((await run.ask('DELETE', `${CALLS}/${callId}`, { token: await run.token(app) })).status, 204)
  await run.advance(60_000)
  return { callId, posted: run.notified(callId) }
}
