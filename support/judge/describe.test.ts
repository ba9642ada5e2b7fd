// What a comparison quotes of a message: documented members, and nothing inside them that no list names or that opens something.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { loadCast } from '../contract/cast'
import type { Json } from '../contract/json'
import type { CommsNotification } from '../contract/messages'
import { readChange, told } from './changes'
import { differencesTold } from './describe'
import { AnyOf, differences, Exactly, Made, type Pattern } from './pattern'

const CANARY = 'canary-5d1e'
const TOKEN = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from(CANARY.repeat(3)).toString('base64url')}.x`

const SETTING = {
  cast: loadCast(),
  clientId: 'the client id',
  tenantId: 'the tenant',
  displayName: 'Calling Bot',
  callbackUri: 'https://bot.example',
  another: null,
}

const sentence = (pattern: Pattern, actual: Json) => differencesTold('it', differences(pattern, actual, new Map()))

describe('a difference', () => {
  const HIDES: readonly (readonly [what: string, pattern: Pattern, actual: Json])[] = [
    ['a member that no list names, inside a documented one', { state: 'established' }, { state: { secret: CANARY } }],
    ['the same in a list', { targets: ['x'] }, { targets: [{ secret: CANARY }, CANARY.length] }],
    ['a token', { displayName: 'John' }, { displayName: TOKEN }],
    ['the query of an address', { callbackUri: 'https://bot.test/a' }, { callbackUri: `https://bot.test/a?sig=${CANARY}` }],
    ['a query that was documented', { callbackUri: `https://bot.test/a?sig=${CANARY}` }, { callbackUri: 'https://bot.test/b' }],
    ['a secret of the API, on both sides', { mediaConfig: { blob: CANARY } }, { mediaConfig: { blob: `x${CANARY}` } }],
    ['what must be so exactly', { meetingInfo: new Exactly({ passcode: CANARY }) }, { meetingInfo: { passcode: CANARY, a: 1 } }],
    ['a message that is a text', { id: new AnyOf('text') }, TOKEN],
  ]
  for (const [what, pattern, actual] of HIDES) {
    test(`does not quote ${what}`, () => {
      const said = sentence(pattern, actual)
      assert.match(said, /documented .+, came .+/)
      assert.ok(!said.includes(CANARY) && !said.includes(TOKEN.slice(0, 12)), said)
    })
  }

  test('does not quote a token that was made before', () => {
    const [difference] = differences({ id: new Made('the id') }, { id: 'two' }, new Map([['the id', TOKEN]]))
    assert.equal(difference?.expected, '‹not shown›, the id as before')
  })

  test('quotes what is documented and harmless', () => {
    assert.match(sentence({ state: 'established' }, { state: 'ringing' }), /state: documented "established", came "ringing"/)
    assert.match(sentence({ '@odata.type': '#a' }, { '@odata.type': '#b' }), /@odata\.type: documented "#a", came "#b"/)
    assert.match(sentence({ targets: [] }, { targets: [{ id: '7' }] }), /documented an empty list, came \[\{"id":"7"\}\]/)
    assert.match(
      sentence({ callbackUri: 'https://bot.test/a' }, { callbackUri: 'https://bot.test/a?b=1' }),
      /documented "https:\/\/bot\.test\/a", came "https:\/\/bot\.test\/a\?b=‹not shown›"/,
    )
  })
})

describe('a change', () => {
  const line = (otherwise: object) =>
    told(
      readChange(
        { '@odata.type': '#microsoft.graph.commsNotification', changeType: 'updated', ...otherwise } as CommsNotification,
        SETTING,
      ),
      'own',
    )

  test('tells no token that stands for a state, a call or a participant', () => {
    const participant = (id: unknown) => ({ info: { identity: { user: { id } } } })
    for (const said of [
      line({ resource: '/app/calls/own', resourceData: { state: TOKEN } }),
      line({ resource: `/app/calls/${TOKEN}`, resourceData: { state: 'established' } }),
      line({ resource: '/app/calls/own/participants', resourceData: [participant(TOKEN), participant({ secret: CANARY })] }),
    ]) {
      assert.match(said, /‹not shown›/)
      assert.ok(!said.includes(CANARY) && !said.includes(TOKEN.slice(0, 12)), said)
    }
  })
})
