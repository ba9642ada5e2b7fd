// Query options of OData: what is selected, and what is refused because the simulator cannot honour it.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { CALLS, refusalCode, registration, request, type Simulated, simulated, TENANT } from '../../../test/kit/simulated-world'
import type { JsonObject } from '../../contract/json'

const CONTEXT = 'https://graph.microsoft.com/beta/$metadata#app/calls'

async function inMeeting(): Promise<{ run: Simulated; call: string; self: string }> {
  const run = await simulated()
  const { id, myParticipantId } = await run.call(request(3))
  await run.advance(5_000)
  return { run, call: `${CALLS}/${id}`, self: myParticipantId }
}

describe('$select', () => {
  for (const query of ['$select=id,state', '?$select=id,%20state'.slice(1), 'select=id,state', '%24select=id,state&custom=1']) {
    test(`gives those members of a call and no others: ${query}`, async () => {
      const { run, call } = await inMeeting()
      const { status, body } = await run.ask('GET', `${call}?${query}`)
      assert.equal(status, 200)
      assert.deepEqual(body, {
        '@odata.type': '#microsoft.graph.call',
        state: 'established',
        id: call.split('/').at(-1),
        '@odata.context': `${CONTEXT}(id,state)/$entity`,
      })
    })
  }

  test('gives those members of each participant, and of one', async () => {
    const { run, call, self } = await inMeeting()
    const { body } = await run.ask('GET', `${call}/participants?$select=isMuted,id`)
    assert.deepEqual(body.value, [{ '@odata.type': '#microsoft.graph.participant', isMuted: false, id: self }])
    const one = await run.ask('GET', `${call}/participants/${self}?$select=isInLobby`)
    assert.deepEqual(one.body, { '@odata.type': '#microsoft.graph.participant', isInLobby: false })
  })

  test('of a member that only later pages have is that of the root', async () => {
    const { run, call } = await inMeeting()
    const query = '?$select=callChainId,id'
    const later = await run.ask('GET', `${call.replace('/beta/app/', '/v1.0/communications/')}${query}`)
    assert.deepEqual(Object.keys(later.body).sort(), ['@odata.context', '@odata.type', 'callChainId', 'id'])
    assert.equal(refusalCode(await run.ask('GET', call + query)), 'BadRequest')
  })

  test('gives those members of a meeting', async () => {
    const reader = registration(3, { permissions: ['OnlineMeetings.Read.All'] })
    const meeting = { threadId: '19:a@thread.v2', messageId: '0', tenantId: TENANT, guests: 'held', conferenceId: '1' } as const
    const run = await simulated({ directory: { apps: [reader], meetings: [meeting] } })
    const answer = await run.ask('GET', '/beta/app/onlineMeetings/1?$select=id,subject', { token: await run.token(reader) })
    assert.deepEqual([answer.status, Object.keys(answer.body).filter((name) => !name.startsWith('@'))], [200, ['id', 'subject']])
  })

  test('of all gives all, and a query without it changes nothing', async () => {
    const { run, call } = await inMeeting()
    const { text } = await run.ask('GET', call)
    for (const query of ['$select=*', '$format=json', 'api=1', ''])
      assert.equal((await run.ask('GET', `${call}?${query}`)).text, text)
  })

  test('of a member that the type does not have is refused, and the journal lists those that it has', async () => {
    const { run, call } = await inMeeting()
    for (const [path, type] of [
      [call, 'call'],
      [`${call}/participants`, 'participant'],
    ] as const) {
      const answer = await run.ask('GET', `${path}?$select=id,stat`)
      assert.deepEqual([answer.status, refusalCode(answer)], [400, 'BadRequest'])
      const { message } = answer.body.error as JsonObject
      assert.equal(message, `Could not find a property named 'stat' on type 'microsoft.graph.${type}'.`)
    }
    assert.match(run.journal(), /names "stat", which is no member of a participant: select some of id, info, /)
  })
})

describe('a query option that cannot be honoured', () => {
  const refused: readonly [method: string, below: string, query: string, status: number, says: RegExp][] = [
    ['GET', '/participants', '$top=1', 501, /the query option \$top\. Leave it out/],
    ['GET', '/participants', '$filter=isMuted eq true', 501, /the query option \$filter\./],
    ['GET', '/participants', '$count=true', 501, /the query option \$count\./],
    ['GET', '', '$expand=participants', 501, /the query option \$expand\./],
    ['GET', '', 'expand=participants', 501, /the query option expand\./],
    ['GET', '', '$format=xml', 501, /the query option \$format\./],
    ['GET', '', '$select=source/identity', 501, /\$select with a path\. Select the whole member/],
    ['GET', '', '$nonsense=1', 400, /^The query parameter '\$nonsense' is not supported\.$/],
    ['DELETE', '', '$select=id', 501, /the query option \$select of a DELETE\. Send it with GET/],
  ]
  for (const [method, below, query, status, says] of refused) {
    test(`is refused: ${method} ${below}?${query}`, async () => {
      const { run, call } = await inMeeting()
      const answer = await run.ask(method, `${call}${below}?${query}`)
      assert.deepEqual([answer.status, refusalCode(answer)], [status, status === 501 ? 'SimulatorNotImplemented' : 'BadRequest'])
      assert.match(String((answer.body.error as JsonObject).message), says)
      assert.equal(run.simulator.calls().length, 1)
    })
  }
})
