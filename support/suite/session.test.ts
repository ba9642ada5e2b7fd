// What comes in the quiet period is judged like everything else: a lawful repeat passes, one with other content does not.
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'mocha'
import { loadCast } from '../contract/cast'
import { loadDocumented } from '../contract/documented'
import { NonConformance, NotApplicable } from '../contract/faults'
import type { CommsNotification } from '../contract/messages'
import type { Row } from '../judge/sequence'
import { openSimulatorTarget } from '../targets/simulator/target'
import type { Target } from '../targets/target'
import { answeredAsDocumented } from './answers'
import { nothingElse, notifiedAsDocumented } from './notification-sequences'
import { Session } from './session'
import { beGranted } from './vocabulary/permissions'

const cast = loadCast()
const library = { documented: loadDocumented(), documentedCast: cast }
const { signal } = new AbortController()
const state = (name: string): Row => ({ of: 'call', change: 'updated', state: name, who: [], inLobby: false })
const ROWS = [state('establishing'), state('established')]

let session: Session
let late: () => CommsNotification[]

beforeEach(async () => {
  late = () => []
  const simulated = await openSimulatorTarget({ casts: [cast], mount: 'direct', deviation: null, signal, seed: 'quiet' })
  const target: Target = { ...simulated, quiet: async () => void session.bot.callback.received.push(...late()) }
  session = new Session(target, cast, library, signal)
})

describe('in the quiet period', () => {
  beforeEach(async () => {
    await session.target.people.whenCalled(session.person('John'), 'answers')
    await session.send(1)
    answeredAsDocumented(session, 1, true, ['E-08'])
    await notifiedAsDocumented(session, 1, ROWS, ['E-01'])
  })

  const established = () => structuredClone(session.bot.callback.received.at(-1) as CommsNotification)

  test('nothing may come', () => nothingElse(session))

  test('the last state may be repeated, with more in it', async () => {
    late = () => [{ ...established(), more: true }]
    await nothingElse(session)
  })

  test('the last state may not be repeated with other content', async () => {
    late = () => [{ ...established(), callbackUri: 'https://elsewhere.example/' }]
    await assert.rejects(nothingElse(session), (error: Error) => {
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
    await assert.rejects(nothingElse(session), /"call updated, establishing" came besides/)
  })
})

describe('what the cast does not declare does not apply, and is said', () => {
  const absent = (act: () => unknown, naming: RegExp) =>
    assert.throws(act, (error: Error) => error instanceof NotApplicable && naming.test(error.message))

  test('somebody', () => absent(() => session.person('Zoe'), /the cast has nobody called Zoe/))
  test('a meeting', () => absent(() => session.meeting('secret'), /the cast has no secret meeting/))
  test('a registration', () =>
    absent(() => beGranted(session, 'only Calls.Fly.All'), /no registration that is granted only Calls\.Fly\.All/))
})
