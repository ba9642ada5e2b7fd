// The evidence shows a reviewer what the messages of the API say.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'mocha'
import { assertNothingPlanted, canary, jwt, rendered, shownBody, shownOf } from '../../../test/kit/evidence-exchange'
import { PROJECT_ROOT } from '../../contract/fixture'

describe('a reviewer reads', () => {
  it('the request and the answer, with the headers that say something', () => {
    const { name, text } = rendered({
      headers: { 'content-type': 'application/json', authorization: `Bearer ${jwt}`, 'user-agent': canary },
      body: '{"@odata.type":"#microsoft.graph.call","callbackUri":"https://bot.contoso.com/callback/7?code=1","targets":[]}',
      answerHeaders: { location: '/app/calls/1', 'request-id': 'c0ffee', 'x-ms-ags-diagnostic': canary },
      answer: '{"id":"1","state":"establishing","ringingTimeoutInSeconds":null,"isMuted":false}',
    })
    assert.equal(name, 'create: bot → Graph, 201')
    assert.equal(
      text,
      `→ POST https://graph.microsoft.com/beta/app/calls
content-type: application/json
authorization: Bearer ‹not shown›
user-agent: ‹not shown›

{
  "@odata.type": "#microsoft.graph.call",
  "callbackUri": "https://bot.contoso.com/callback/7?code=‹not shown›",
  "targets": []
}

← 201 Created
location: /app/calls/1
request-id: c0ffee
x-ms-ags-diagnostic: ‹not shown›

{
  "id": "1",
  "state": "establishing",
  "ringingTimeoutInSeconds": null,
  "isMuted": false
}
`,
    )
  })

  it('both parties, and the status or failure', () => {
    assert.equal(rendered({ purpose: 'notification', from: 'graph', status: 202 }).name, 'notification: Graph → bot, 202')
    const { name, text } = rendered({ failure: 'the connection was reset' })
    assert.equal(name, 'create: bot → Graph, no answer')
    assert.match(text, /← no answer: the connection was reset\n$/)
  })

  const folder = join(PROJECT_ROOT, 'fixtures/create-call')
  for (const file of readdirSync(folder).filter((name) => /\d.*\.json$/.test(name))) {
    it(`every value of the documented ${file}, but a media blob and the context's fragment`, () => {
      const text = readFileSync(join(folder, file), 'utf8')
      const blob = /"blob": "([^"]*)"/.exec(text)?.[1]
      const expected = text
        .replace(`"blob": "${blob}"`, `"blob": "‹not shown: ${blob?.length} characters›"`)
        .replace(/\$metadata#[^"]*"/, '$metadata#‹not shown›"')
      assert.deepEqual(shownBody(rendered({ body: text }).text), JSON.parse(expected))
    })
  }

  it("Graph's own words about an error, and what it asks of the client", () => {
    const sentence = 'Insufficient enterprise tenant permissions, cannot access this API.'
    const error = { code: '7504', message: sentence, innerError: { 'request-id': '4d4b4f2c', date: '2019-11-05T10:15:30' } }
    const { text } = rendered({
      status: 403,
      answer: JSON.stringify({ error }),
      answerHeaders: {
        'www-authenticate': 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"',
      },
    })
    for (const part of [
      sentence,
      '4d4b4f2c',
      '2019-11-05T10:15:30',
      'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"',
    ]) {
      assert.ok(text.includes(part), `${part} is missing in:\n${text}`)
    }
  })

  it('how long a secret is, and where a long text was cut', () => {
    assert.deepEqual(shownOf({ passcode: 'abcdef', token: { a: 1 }, subject: 'x'.repeat(501), threadId: 'y'.repeat(500) }), {
      passcode: '‹not shown: 6 characters›',
      token: '‹not shown›',
      subject: `${'x'.repeat(500)}… ‹cut, of 501 characters›`,
      threadId: 'y'.repeat(500),
    })
    assert.deepEqual(shownOf([1, true, null, 'text', { state: 'established' }]), [
      1,
      true,
      null,
      '‹not shown›',
      { state: 'established' },
    ])
  })

  it('of a token exchange what was asked for and what kind of answer came', () => {
    const { name, text } = rendered({
      purpose: 'token',
      url: `https://login.microsoftonline.com/contoso/oauth2/v2.0/token?sig=${canary}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: canary, authorization: `Basic ${canary}` },
      body: `grant_type=client_credentials&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&client_id=2891555a&client_secret=${canary}&client_assertion=${jwt}`,
      status: 401,
      answer: JSON.stringify({
        token_type: 'Bearer',
        expires_in: 3599,
        error: 'invalid_client',
        error_codes: [7000215],
        error_description: canary,
        access_token: jwt,
        trace_id: canary,
      }),
    })
    assert.equal(name, 'token: bot → Graph, 401')
    assertNothingPlanted(text)
    assert.equal(
      text.replace(/\s+/g, ' '),
      '→ POST https://login.microsoftonline.com/contoso/oauth2/v2.0/token?sig=‹not shown› grant_type=client_credentials ' +
        'scope=https://graph.microsoft.com/.default client_id=2891555a ← 401 Unauthorized ' +
        '{ "token_type": "Bearer", "expires_in": 3599, "error": "invalid_client", "error_codes": [ 7000215 ] } ',
    )
  })

  it('of a keys exchange how many keys came, or where they are', () => {
    const answer = JSON.stringify({ keys: [{ kid: canary }, { n: canary }] })
    const { text } = rendered({ purpose: 'keys', method: 'GET', status: 200, answer, answerHeaders: { etag: canary } })
    assert.equal(text, '→ GET https://graph.microsoft.com/beta/app/calls\n\n← 200 OK\n\n‹2 keys›\n')
    assert.match(rendered({ purpose: 'keys', answer: canary }).text, /‹no keys›/)
    const configuration = JSON.stringify({ issuer: canary, jwks_uri: `https://login.example/keys?sig=${canary}` })
    assert.match(
      rendered({ purpose: 'keys', answer: configuration }).text,
      /‹keys at https:\/\/login\.example\/keys\?sig=‹not shown››/,
    )
  })
})
