// What comes in the quiet period is judged like everything else: a lawful repeat passes, one with other content does not.
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { loadCast } from '../support/contract/cast'
import { loadDocumented } from '../support/contract/documented'
import { NonConformance } from '../support/contract/faults'
import type { CommsNotification } from '../support/contract/messages'
import type { Row } from '../support/judge/sequence'
import { Session } from '../support/scenario/session'
import { openSimulatorTarget } from '../support/targets/simulator'
import type { Target } from '../support/targets/target'

const cast = loadCast()
const library = { documented: loadDocumented(), documentedCast: cast }
const { signal } = new AbortController()
const state = (name: string): Row => ({ of: 'call', change: 'updated', state: name, who: [], inLobby: false })
const ROWS = [state('establishing'), state('established')]

describe('in the quiet period', () => {
  let session: Session
  let late: () => CommsNotification[]

  beforeEach(async () => {
    late = () => []
    const simulated = await openSimulatorTarget({ casts: [cast], mount: 'direct', deviation: null, signal, seed: 'quiet' })
    const target: Target = { ...simulated, quiet: async () => void session.bot.callback.received.push(...late()) }
    session = new Session(target, cast, library, signal)
    await target.people.answersWhenCalled(session.person('John'))
    await session.send(1)
    session.assertAnswer(1, true, ['E-08'])
    await session.assertNotified(1, ROWS, ['E-01'])
  })

  const established = () => structuredClone(session.bot.callback.received.at(-1) as CommsNotification)

  test('nothing may come', () => session.assertNothingElse())

  test('the last state may be repeated, with more in it', async () => {
    late = () => [{ ...established(), more: true }]
    await session.assertNothingElse()
  })

  test('the last state may not be repeated with other content', async () => {
    late = () => [{ ...established(), callbackUri: 'https://elsewhere.example/' }]
    await assert.rejects(session.assertNothingElse(), (error: Error) => {
      assert.ok(error instanceof NonConformance)
      assert.match(
        error.message,
        /"call updated, established" differs from the documented one:\n {2}callbackUri: documented "https:\/\/bot\.contoso/,
      )
      return true
    })
  })

  test('a state may not go back', async () => {
    const [first] = session.bot.callback.received
    late = () => [structuredClone(first as CommsNotification)]
    await assert.rejects(session.assertNothingElse(), /"call updated, establishing" came besides/)
  })
})
