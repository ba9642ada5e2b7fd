// Registrations on a tenant: whose credential, how many calls may be made, tokens of the cast, and what earlier runs left.
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'mocha'
import { CAST } from '../../../test/kit/differing-target'
import { CLIENT, configurationWith, TENANT } from '../../../test/kit/doctor-surroundings'
import { scratch } from '../../../test/kit/loopback-https'
import { newMemory } from '../../bot/bot'
import { CouldNotRun, NotApplicable } from '../../contract/failures'
import { openCallJournal } from './call-journal'
import { openRegistrations } from './registrations'

const ENVIRONMENT = { APP_SECRET: 'the-secret-of-the-app', EXPIRED: 'an-expired-token' }
const app = { clientId: '6f2b7c1a-0d3e-4c58-9a41-7be2f05d9c10', secretEnv: 'APP_SECRET', permissions: [], registered: true }
const configuration = configurationWith({
  cast: { ...CAST, apps: { app }, tokens: { expired: { env: 'EXPIRED' } }, limits: { ...CAST.limits, maxCalls: 2 } },
  audiences: [CLIENT, 'another-audience'],
})

const state = process.env.XDG_STATE_HOME
let spared: string[]
const confidant = { conceal: () => {}, spareCall: (id: string) => void spared.push(id) }
const open = () => openRegistrations(configuration, ENVIRONMENT, confidant, newMemory())

before(() => {
  process.env.XDG_STATE_HOME = scratch()
})
after(() => {
  if (state === undefined) delete process.env.XDG_STATE_HOME
  else process.env.XDG_STATE_HOME = state
})
beforeEach(() => {
  spared = []
})

test('the bot’s own has the name and audiences of the configuration, another its own id only', () => {
  const registrations = open()
  const { clientId, tenantId, displayName, audiences, callbackUri } = registrations.registration(null, 'https://bot.example/a')
  assert.deepEqual(
    [clientId, tenantId, displayName, audiences, callbackUri],
    [CLIENT, TENANT, 'Calling Bot', [CLIENT, 'another-audience'], 'https://bot.example/a'],
  )
  const other = registrations.registration(app, 'https://bot.example/b')
  assert.deepEqual([other.clientId, other.displayName, other.audiences], [app.clientId, null, [app.clientId]])
})

describe('limits.maxCalls', () => {
  test('counts the calls of all registrations, and stops at the limit', () => {
    const registrations = open()
    registrations.registration(null, 'https://bot.example/a').calls.intend('https://bot.example/a')
    const { calls } = registrations.registration(app, 'https://bot.example/b')
    calls.intend('https://bot.example/b')
    assert.throws(
      () => calls.intend('https://bot.example/b'),
      (error: Error) => error instanceof CouldNotRun && /limits\.maxCalls of the cast allows 2 calls/.test(error.message),
    )
    registrations.close()
  })
  test('does not count what was refused, and counts what ended', () => {
    const registrations = open()
    const { calls } = registrations.registration(null, 'https://bot.example/a')
    for (let refused = 0; refused < 5; refused++) calls.settled(calls.intend('https://bot.example/a'), 'refused')
    for (const id of ['one', 'two']) {
      const request = calls.intend('https://bot.example/a')
      calls.learned(request, id)
      calls.settled(request, 'ended')
    }
    assert.deepEqual(spared, ['one', 'two'])
    assert.throws(() => calls.intend('https://bot.example/a'), CouldNotRun)
    registrations.close()
  })
})

test('a token of the cast, or that the cast has no such token', () => {
  const registrations = open()
  assert.equal(registrations.foreignToken('expired'), ENVIRONMENT.EXPIRED)
  assert.throws(
    () => registrations.foreignToken('delegated'),
    (error: Error) => error instanceof NotApplicable && /no token of the kind delegated/.test(error.message),
  )
})

test('a call of a run that lives is left alone', async () => {
  const owner = {
    baseUrl: configuration.graph.baseUrl,
    tenantId: TENANT,
    clientId: CLIENT,
    run: 'another',
    callsPath: '/beta/app/calls',
  }
  const journal = openCallJournal(owner)
  journal.intend('/callback')
  const lines: string[] = []
  const reached: string[] = []
  const fetch = async (url: string) => {
    reached.push(url)
    return new Response('{}', { status: 500 })
  }
  await open().endLeftovers(fetch, (line) => lines.push(line), 1_000)
  assert.deepEqual([lines, reached], [[], []])
  journal.close()
})
