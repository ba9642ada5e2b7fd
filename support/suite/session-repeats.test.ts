// A post that is delivered again right away says nothing new; one that comes again later says what no longer holds, and is kept.
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'mocha'
import { loadCast } from '../contract/cast'
import { loadDocumented } from '../contract/documented'
import { loadKeys } from '../simulator/identity/keys'
import { notificationSigner } from '../simulator/identity/tokens'
import { openSimulatorTarget } from '../targets/simulator/target'
import { Session } from './session'

const cast = loadCast()
const { signal } = new AbortController()

let session: Session
beforeEach(async () => {
  const target = await openSimulatorTarget({ casts: [cast], mount: 'direct', deviation: null, signal, seed: 'repeats' })
  session = new Session(target, cast, { documented: loadDocumented(), documentedCast: cast }, signal)
})

const told = (state: string, callId = '7') =>
  JSON.stringify({
    '@odata.type': '#microsoft.graph.commsNotifications',
    value: [
      {
        '@odata.type': '#microsoft.graph.commsNotification',
        changeType: 'updated',
        resource: `/app/calls/${callId}`,
        resourceData: { state },
      },
    ],
  })

/** Posts bodies one after the other, as Graph would: the states that are kept. */
async function keptOf(...bodies: readonly string[]): Promise<readonly string[]> {
  const { clientId, tenantId, callbackUri } = session.setting
  const token = await notificationSigner(await loadKeys(), Date.now)({ audience: clientId, tenantId })
  for (const body of bodies) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const { status } = await session.bot.callback.handle(new Request(callbackUri, { method: 'POST', headers, body }))
    assert.equal(status, 202)
  }
  return session.changes().map(({ callId, state }) => `${callId} ${state}`)
}

describe('a post', () => {
  test('that is delivered again right away is kept once, and answered each time', async () => {
    assert.deepEqual(await keptOf(told('establishing'), told('establishing'), told('establishing')), ['7 establishing'])
    assert.equal(session.bot.exchanges.filter(({ purpose }) => purpose === 'notification').length, 3)
  })

  test('that comes again after another is kept each time', async () => {
    const kept = await keptOf(told('establishing'), told('established'), told('establishing'))
    assert.deepEqual(kept, ['7 establishing', '7 established', '7 establishing'])
  })

  test('of another call in between is no other post of this one', async () => {
    const kept = await keptOf(told('establishing'), told('establishing', '8'), told('establishing'), told('establishing', '8'))
    assert.deepEqual(kept, ['7 establishing', '8 establishing'])
  })
})
