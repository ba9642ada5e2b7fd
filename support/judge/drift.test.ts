// Known drift of today's service is recognised in the documented messages; what nearly looks like it is a failure.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { broken } from '../../test/kit/broken-fixtures'
import { loadCast } from '../contract/cast'
import { loadDrift, loadErrata } from '../contract/discrepancies'
import { loadDocumented } from '../contract/documented'
import { isObject, type Json, type JsonObject } from '../contract/json'
import { commsNotification } from '../contract/messages'
import { readChange } from './changes'
import { type Compared, RECOGNISED, sortDrift } from './drift'
import { expectedExample } from './expected'
import { type Difference, differences, type Pattern } from './pattern'
import { documentedCast, type Setting, THE_BOT } from './setting'

const documented = loadDocumented()
const cast = loadCast()
const { clientId, tenantId, displayName, callbackUri } = cast.bot
const setting = { cast, clientId, tenantId, displayName, callbackUri, another: null } as Setting
const expected = (example: number) => expectedExample(documented, documentedCast(cast), example, setting)

describe('the file', () => {
  const drift = loadDrift()

  test('has consecutive numbers and refers to known errata', () => {
    assert.deepEqual(
      drift.map(({ id }) => id),
      drift.map((_, at) => `D-0${at + 1}`),
    )
    const errata = new Set(loadErrata().map(({ id }) => id))
    assert.deepEqual(
      drift.flatMap((one) => one.errata).filter((id) => !errata.has(id)),
      [],
    )
  })

  test('lists exactly what is recognised', () => assert.deepEqual([...RECOGNISED].sort(), drift.map(({ id }) => id).sort()))

  test('is refused with a repeated number, another date or no source', () => {
    const drift = (from: string, to: string) => broken('drift.yaml', loadDrift, from, to)
    drift('id: D-02', 'id: D-01')(['drift[1].id', /repeats D-01; give each drift a number of its own/])
    drift('date: "2021-07"', 'date: "2021-13"')(['drift[0].date', /write year and month/])
    drift('source: graph', 'origin: graph')(['drift[1].source', /is missing/], ['drift[1].origin', /not known here/])
  })
})

/** Changes members of a message, or removes them (undefined); dots separate names. */
function altered(message: JsonObject, changes: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.entries(changes).reduce<JsonObject>((whole, [name, value]) => {
    const [first = '', ...rest] = name.startsWith('@') ? [name] : name.split('.')
    const inner = whole[first]
    const put = rest.length > 0 && isObject(inner) ? altered(inner, { [rest.join('.')]: value }) : value
    const { [first]: _, ...others } = whole
    return put === undefined ? others : { ...others, [first]: put }
  }, message)
}

function entryOf(example: 1 | 3, kind: string): JsonObject {
  const envelope = documented.examples.get(example)?.notifications[kind] as JsonObject
  return (envelope.value as JsonObject[])[0] as JsonObject
}

/** The drift of an altered message, and the places of its other differences. */
function sorted(of: Compared, pattern: Pattern, message: JsonObject, changes: Parameters<typeof altered>[1], sent?: Json) {
  assert.deepEqual(differences(pattern, message, new Map()), [])
  const actual = altered(message, changes)
  const { drift, left } = sortDrift(of, differences(pattern, actual, new Map()), actual, sent)
  return [...drift, ...left.map((one) => one.path)]
}

type Case = readonly [name: string, changes: Parameters<typeof altered>[1], result: readonly string[]]

function cases(title: string, rows: readonly Case[], result: (changes: Case[1]) => readonly string[]) {
  describe(title, () => {
    for (const [name, changes, wanted] of rows) test(name, () => assert.deepEqual(result(changes), wanted))
  })
}

const call = (example: 1 | 3, kind: 'establishing' | 'established') => (changes: Case[1]) =>
  sorted('call', expected(example).change(kind), entryOf(example, kind), changes)

const URL_OF = (suffix = '') => `/communications/calls/7${suffix}`

cases(
  'a call that is establishing',
  [
    ['as printed', {}, []],
    ['resourceUrl alone', { resource: undefined, resourceUrl: URL_OF() }, ['D-01']],
    ['resourceUrl alone, of a roster', { resource: undefined, resourceUrl: URL_OF('/participants') }, ['resource']],
    ['resourceUrl alone, no address', { resource: undefined, resourceUrl: '/users/7' }, ['resource']],
    ['no resource at all', { resource: undefined }, ['resource']],
    ['a resource that is null', { resource: null, resourceUrl: URL_OF() }, ['resource']],
    ['no id', { 'resourceData.id': undefined }, ['D-02']],
    ['an id that is null', { 'resourceData.id': null }, ['resourceData.id']],
    ['another id', { resource: '/app/calls/7', 'resourceData.id': '8' }, ['resourceData.id']],
    ['neither id nor resource', { resource: undefined, 'resourceData.id': undefined }, ['resource', 'resourceData.id']],
    ['no resourceData', { resourceData: undefined }, ['resourceData']],
    ['no callbackUri', { callbackUri: undefined }, ['D-03']],
    ['another callbackUri', { callbackUri: 'https://else.example' }, ['callbackUri']],
    ['the resource under /communications', { resource: URL_OF(), 'resourceData.id': undefined }, ['D-02', 'D-05']],
    ['the resource with a version', { resource: `/v1.0${URL_OF()}` }, ['resource']],
    ['the resource in capitals', { resource: '/App/Calls/7', 'resourceData.id': undefined }, ['D-02', 'resource']],
    ['the resource of a roster', { resource: URL_OF('/participants') }, ['resource']],
    ['another root', { resource: '/telephony/calls/7' }, ['resource']],
    ['another state', { 'resourceData.state': 'established' }, ['resourceData.state']],
    ['another change type', { changeType: 'created', callbackUri: undefined }, ['D-03', 'changeType']],
    ['as captured', { resourceUrl: URL_OF(), callbackUri: undefined, 'resourceData.id': undefined }, ['D-02', 'D-03']],
  ],
  call(1, 'establishing'),
)

cases(
  'a call that is established',
  [
    ['no tenant', { 'resourceData.tenantId': undefined }, ['D-04']],
    ['a tenant that is null', { 'resourceData.tenantId': null }, ['resourceData.tenantId']],
    ['another tenant', { 'resourceData.tenantId': 'else' }, ['resourceData.tenantId']],
    [
      'no tenant in another state',
      { 'resourceData.tenantId': undefined, 'resourceData.state': 'x' },
      ['resourceData.state', 'resourceData.tenantId'],
    ],
    ['no direction', { 'resourceData.direction': undefined }, ['resourceData.direction']],
    [
      'no direction, media, in another state',
      { 'resourceData.direction': undefined, 'resourceData.mediaState': {}, 'resourceData.state': 'hold' },
      ['resourceData.state', 'resourceData.direction'],
    ],
    ['no direction, media', { 'resourceData.direction': undefined, 'resourceData.mediaState': { audio: 'active' } }, ['D-07']],
    [
      'no direction, media null',
      { 'resourceData.direction': undefined, 'resourceData.mediaState': null },
      ['resourceData.direction'],
    ],
    [
      'another direction, media',
      { 'resourceData.direction': 'incoming', 'resourceData.mediaState': { audio: 'active' } },
      ['resourceData.direction'],
    ],
  ],
  call(1, 'established'),
)

cases(
  'a call in a meeting keeps its coordinates',
  [
    ['none', { 'resourceData.chatInfo': undefined }, ['resourceData.chatInfo']],
    ['no id', { 'resourceData.id': undefined }, ['D-02']],
  ],
  call(3, 'established'),
)

cases(
  'a roster',
  [
    ['resourceUrl alone', { resource: undefined, resourceUrl: URL_OF('/participants') }, ['D-01']],
    ['resourceUrl alone, of the call', { resource: undefined, resourceUrl: URL_OF() }, ['resource']],
    ['no callbackUri, /communications', { resource: URL_OF('/participants'), callbackUri: undefined }, ['D-03', 'D-05']],
  ],
  (changes) => sorted('roster', expected(3).change('roster'), entryOf(3, 'roster'), changes),
)

const NAME = 'info.identity.application.displayName'
const bot = (entryOf(3, 'roster').resourceData as JsonObject[])[1] as JsonObject
cases(
  'the bot on the roster',
  [
    ['its number for a name', { [NAME]: `28:${clientId}` }, ['D-08']],
    ['the number of another', { [NAME]: '28:else' }, [NAME]],
    ['no name', { [NAME]: undefined }, [NAME]],
    ['no id', { id: undefined }, ['id']],
  ],
  (changes) => sorted('participant', expected(3).participant(THE_BOT, false), bot, changes),
)

const CONTEXT = '@odata.context'
const response = documented.examples.get(1)?.response?.body as JsonObject
const echoed = { ...response, mediaConfig: (documented.examples.get(1) as { request: JsonObject }).request.mediaConfig as Json }
const target = (type: string) => [{ ...(response.targets as JsonObject[])[0], '@odata.type': type }]
cases(
  'an answer',
  [
    ['as sent', {}, []],
    ['the context of v1.0', { [CONTEXT]: 'https://graph.microsoft.com/v1.0/$metadata#communications/calls/$entity' }, ['D-05']],
    ['the context of a collection', { [CONTEXT]: 'https://graph.microsoft.com/v1.0/$metadata#communications/calls' }, [CONTEXT]],
    ['the context of elsewhere', { [CONTEXT]: 'https://else.example/beta/$metadata#app/calls/$entity' }, [CONTEXT]],
    ['a list of contexts', { [CONTEXT]: ['https://graph.microsoft.com/v1.0/$metadata#communications/calls/$entity'] }, [CONTEXT]],
    ['no context', { [CONTEXT]: undefined }, [CONTEXT]],
    ['the tenant that was sent', { tenantId: 'sent' }, ['D-06']],
    ['yet another tenant', { tenantId: 'else' }, ['tenantId']],
    ['no tenant', { tenantId: undefined }, ['tenantId']],
    ['a target by its later type', { targets: target('#microsoft.graph.invitationParticipantInfo') }, ['D-09']],
    ['a target of another type', { targets: target('#microsoft.graph.participant') }, ['targets[0].@odata.type']],
    ['no id, which only a change may lack', { id: undefined }, ['id']],
    ['no callbackUri, which only a change may lack', { callbackUri: undefined }, ['callbackUri']],
  ],
  (changes) => sorted('answer', expected(1).response, echoed, changes, { tenantId: 'sent' }),
)

test('a tenant is honoured only where one was sent', () => {
  const without = (sent?: Json) => sorted('answer', expected(1).response, echoed, { tenantId: undefined }, sent)
  const nothing: readonly (Json | undefined)[] = [undefined, null, {}, { tenantId: null }]
  for (const sent of nothing) assert.deepEqual(without(sent), ['tenantId'])
})

test('Location under another version or root, of the same call and origin', () => {
  const documentedAddress = 'https://graph.microsoft.com/beta/app/calls/7'
  const sortedLocation = (actual: Json) => {
    const difference: Difference = { path: '', expected: documentedAddress, actual: String(actual) }
    return sortDrift('location', [difference], actual).drift
  }
  const drifted = ['beta/communications', 'v1.0/communications'].map((root) => `https://graph.microsoft.com/${root}/calls/7`)
  for (const address of drifted) assert.deepEqual(sortedLocation(address), ['D-05'])
  for (const actual of [
    null,
    '/beta/communications/calls/7',
    'https://graph.microsoft.com/v1.0/communications/calls/8',
    'https://graph.microsoft.com/v1.0/communications/calls/7/participants',
    'https://graph.microsoft.com.else.example/v1.0/communications/calls/7',
    'https://graph.microsoft.com/v2.0/communications/calls/7',
    'http://graph.microsoft.com/v1.0/communications/calls/7',
  ])
    assert.deepEqual(sortedLocation(actual), [], String(actual))
})

test('a change that only resourceUrl names is still read', () => {
  const raw = commsNotification.parse(altered(entryOf(1, 'established'), { resource: undefined, resourceUrl: URL_OF() }))
  const { callId, of, state } = readChange(raw, setting)
  assert.deepEqual([callId, of, state], ['7', 'call', 'established'])
})
