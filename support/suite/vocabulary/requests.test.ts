// The phrases of sentences: what each does to a request, a token or a registration, and which scenarios apply to a target.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { type Answered, CAST, sessionWith } from '../../../test/kit/differing-target'
import { request } from '../../../test/kit/simulated-world'
import { NotApplicable } from '../../contract/failures'
import { isObject, type JsonObject } from '../../contract/json'
import type { Requirement } from '../../contract/requirements'
import { inapplicable, needsOf } from '../open-target'
import { asSent, type Sent } from '../session'
import { MANNERS } from './meetings'
import { permissionsIn, REGISTRATION, registrationWith, spellingErrata, unregistered } from './registrations'
import { CHANGES, calling, sendVaried, TOKENS } from './requests'

describe('requests', () => {
  const base = request(1)

  test('each phrase makes another request and leaves the example unchanged', () => {
    const before = JSON.stringify(base)
    const sent = [...CHANGES.values()].map((change) => change(base))
    const wires = sent.map(({ body, contentType }) => `${contentType} ${body}`)
    const plain = `application/json ${asSent(base).body}`
    const same = [...CHANGES.keys()].filter((_, at) => wires[at] === plain)
    // Example 1 has neither.
    assert.deepEqual(same, ['with chatInfo but without meetingInfo'])
    assert.equal(new Set(wires).size, wires.length)
    assert.equal(JSON.stringify(base), before)
  })

  test('the expected request is the body, or the example if the body is not an object', () => {
    for (const [phrase, change] of CHANGES) {
      const { body, request: expected } = change(base)
      const read = readable(body)
      assert.deepEqual(expected, isObject(read) ? read : base, phrase)
    }
  })

  test('claims reach every server-generated property, alone and together', () => {
    const names = [...CHANGES.keys()].flatMap((phrase) => /^claiming its (.+)$/.exec(phrase)?.[1] ?? [])
    const together = (CHANGES.get('claiming all of these at once') as (one: JsonObject) => Sent)(base).request
    assert.equal(names.length, 14)
    for (const name of names) assert.notDeepEqual(together[name], base[name], name)
  })

  test('people become the targets, in their order, each written as the printed one', () => {
    const john = { id: '112f7296-5fa4-42ca-bae8-6a692b15d4b8', displayName: 'John' }
    const { targets } = calling([john, { id: 'b', displayName: 'B' }])(base).request
    assert.equal((targets as unknown[]).length, 2)
    assert.deepEqual((targets as unknown[])[0], (base.targets as unknown[])[0])
  })
})

function readable(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

describe('registrations', () => {
  test('a phrase names permissions', () => {
    assert.deepEqual(permissionsIn('no permission'), [])
    assert.deepEqual(permissionsIn('only Calls.Initiate.All and Calls.AccessMedia.All'), [
      'Calls.Initiate.All',
      'Calls.AccessMedia.All',
    ])
    assert.deepEqual(permissionsIn('every permission but Calls.Initiate.All').includes('Calls.Initiate.All'), false)
    assert.equal(permissionsIn('every permission but Calls.Initiate.All').length, 4)
  })

  test('the pattern of phrases accepts these and no others', () => {
    const whole = new RegExp(`^(?:${REGISTRATION.source})$`)
    for (const phrase of ['no permission', 'every permission', 'every permission but A.B', 'only A.B', 'only A.B and C.D'])
      assert.match(`granted ${phrase}`, whole)
    for (const phrase of ['some permission', 'only', 'only a.b', 'every permission and A.B'])
      assert.doesNotMatch(`granted ${phrase}`, whole)
  })

  test('a registration is found by exactly what it is granted, in any order', () => {
    const two = ['Calls.AccessMedia.All', 'Calls.Initiate.All']
    const found = registrationWith(CAST, two, 'two')
    assert.deepEqual(found.permissions.filter((name) => name.startsWith('Calls.')).sort(), two)
    assert.deepEqual(registrationWith(CAST, [...two].reverse(), 'two'), found)
    assert.throws(() => registrationWith(CAST, ['Calls.Fly.All'], 'only Calls.Fly.All'), NotApplicable)
    assert.equal(unregistered(CAST).registered, false)
    assert.throws(() => unregistered({ ...CAST, apps: {} }), NotApplicable)
  })

  test('the spellings of the page cite their errata, once each', () => {
    assert.deepEqual(
      spellingErrata(['Calls.JoinGroupCalls.All', 'Calls.InitiateGroupCalls.All', 'Calls.JoinGroupCallsasGuest.All']),
      ['E-05', 'E-04'],
    )
    assert.deepEqual(spellingErrata(['Calls.JoinGroupCall.All']), [])
  })
})

describe('tokens', () => {
  /** Graph reads the token of a person, which lacks the permissions. */
  const statusOf = (phrase: string) => (phrase === 'with a delegated token' ? 403 : 401)
  for (const phrase of TOKENS.keys()) {
    test(`a request ${phrase} is refused with ${statusOf(phrase)}, and one with the bot's own is not`, async () => {
      const session = await sessionWith({})
      await sendVaried(session, 1, phrase)
      assert.equal(session.call.reply.status, statusOf(phrase), session.call.reply.text)
      assert.equal((await session.send(1)).reply.status, 201)
    })
  }
})

describe('coordinates', () => {
  const joining = (manner: string) => MANNERS.get(manner) ?? assert.fail(manner)
  for (const manner of MANNERS.keys()) {
    const status = manner.endsWith('another tenant') ? 403 : 201
    test(`a join ${manner} is answered ${status}`, async () => {
      const session = await sessionWith({})
      await joining(manner)(session, 'scheduled')
      assert.equal(session.call.reply.status, status, session.call.reply.text)
    })
  }
  test('a look-up without coordinates fails, and the message names them', async () => {
    const answer = (actual: Answered, method: string) =>
      method === 'GET' ? { ...actual, body: { chatInfo: { threadId: 'a' } } } : actual
    const session = await sessionWith({ answer })
    await assert.rejects(
      joining('with the coordinates of its online meeting look-up')(session, 'scheduled'),
      /answered 200 without chatInfo\/messageId, participants.*CC-70/,
    )
  })
})

describe('what applies', () => {
  const requirement = (id: string, basis: Requirement['basis']) => ({ id, basis }) as Requirement
  const REQUIREMENTS = [
    requirement('CC-01', ['page']),
    requirement('CC-02', ['assumption']),
    requirement('CC-03', ['page', 'assumption']),
  ]
  const bare = { ...CAST, people: {}, meetings: {}, guest: null, apps: {}, tokens: {} }
  const on = (kind: 'simulator' | 'tenant', tags: readonly string[], cast = CAST) => inapplicable(tags, kind, cast, REQUIREMENTS)

  test('everything on the simulator', () =>
    assert.equal(on('simulator', ['@CC-02', '@assumption', '@needs:person-answers'], bare), null))
  test('what the page says, on a tenant', () => assert.equal(on('tenant', ['@CC-01']), null))
  test('no assumption on a tenant, of the requirement or of the scenario', () => {
    assert.match(on('tenant', ['@CC-02']) ?? '', /an assumption/)
    assert.match(on('tenant', ['@CC-01', '@assumption']) ?? '', /an assumption/)
  })
  test('a requirement with another basis applies', () => {
    assert.equal(on('tenant', ['@CC-03']), null)
    assert.equal(on('tenant', ['@CC-01', '@CC-02']), null)
  })
  test('what the cast does not declare', () => {
    assert.equal(on('tenant', ['@CC-01', '@needs:person-answers'], bare), 'the cast does not declare person-answers')
    assert.equal(on('tenant', ['@CC-01', '@needs:person-answers']), null)
  })
  test('an unknown need is an error that lists the known ones', () => {
    assert.throws(() => needsOf(['@needs:wings']), /@needs:wings names no known capability: write one of .*person-answers/)
    assert.deepEqual(needsOf(['@joins', '@needs:person-answers']), ['person-answers'])
  })
})
