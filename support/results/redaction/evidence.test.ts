// The evidence shows a reviewer what the messages of the API say, and nothing but listed members: planted canaries never appear.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import type { Exchange, Purpose } from '../../contract/exchange'
import { PROJECT_ROOT } from '../../contract/fixture'
import { renderExchange } from './evidence'

const canary = 'canary-7f3a'
const base64url = (text: string) => Buffer.from(text).toString('base64url')
const jwt = `${base64url('{"alg":"RS256","typ":"JWT"}')}.${base64url(`{"sub":"${canary}"}`)}.${base64url(canary.repeat(4))}`
const opaque = [1, 2, 3].map((part) => `${part}${canary.replace('-', '')}`.repeat(3)).join('.')
/** What must never appear, in the clear or as it was encoded. */
const planted = [canary, 'canary7f3a', ...jwt.split('.'), jwt.slice(0, 12), opaque]

interface Parts {
  purpose?: Purpose
  from?: 'bot' | 'graph'
  url?: string
  method?: string
  headers?: Record<string, string>
  body?: string | null
  status?: number
  answerHeaders?: Record<string, string>
  answer?: string | null
  failure?: string
}

function rendered(parts: Parts) {
  const { purpose = 'create', from = 'bot', url = 'https://graph.microsoft.com/beta/app/calls', method = 'POST' } = parts
  const request = { method, url, headers: parts.headers ?? {}, body: parts.body ?? null }
  const response =
    parts.failure === undefined
      ? { status: parts.status ?? 201, headers: parts.answerHeaders ?? {}, body: parts.answer ?? null }
      : { failure: parts.failure }
  return renderExchange({ purpose, from, request, response } satisfies Exchange)
}

function assertNothingPlanted(text: string) {
  for (const secret of planted) assert.ok(!text.includes(secret), `shows ${secret} in:\n${text}`)
}

/** The JSON that a transcript shows of a request. */
const shownBody = (text: string) => JSON.parse(text.slice(text.indexOf('\n\n'), text.indexOf('\n\n←')))
const shownOf = (body: unknown) => shownBody(rendered({ body: JSON.stringify(body) }).text)

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

  const folder = join(PROJECT_ROOT, 'fixtures/2019-11/create-call')
  for (const file of readdirSync(folder).filter((name) => /\d.*\.json$/.test(name))) {
    it(`every value of the documented ${file}, but a media blob`, () => {
      const text = readFileSync(join(folder, file), 'utf8')
      const blob = /"blob": "([^"]*)"/.exec(text)?.[1]
      const expected = text.replace(`"blob": "${blob}"`, `"blob": "‹not shown: ${blob?.length} characters›"`)
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

describe('the evidence never shows', () => {
  const places: Readonly<Record<string, Parts>> = {
    'a header that is not listed': { headers: { cookie: canary, 'x-api-key': canary }, answerHeaders: { 'set-cookie': canary } },
    'a credential of another kind': { headers: { authorization: `Basic ${canary}` } },
    'a token in a listed header': {
      headers: { 'client-request-id': jwt, 'content-type': `application/${jwt}` },
      answerHeaders: { 'www-authenticate': `Bearer ${canary}`, location: `/calls/${jwt}?a=${canary}`, date: opaque },
      body: 'x',
    },
    'query, fragment and user information of the address': {
      url: `https://me:${canary}@graph.microsoft.com/a?t=${canary}&${canary}#${canary}`,
    },
    'what no context URL has in its fragment': {
      url: `https://graph.microsoft.com/beta/$metadata#a=${canary}`,
      answerHeaders: { location: `/beta/$metadata#${jwt}`, 'www-authenticate': `https://a.test/#${canary}` },
    },
    'user information before an unusual authority': { url: `https:\\\\${canary}@graph.microsoft.com/a` },
    'an invalid address': { url: `https://me:pass/${canary}@graph.microsoft.com` },
    'a token in the path': { url: `https://graph.microsoft.com/${jwt}/a` },
    'an invalid method': { method: `GET ${canary}` },
    'a member that is not listed': {
      body: JSON.stringify({ secret: canary, a: { state: canary }, b: [[canary]], ['__proto__']: canary }),
    },
    'the same deep in a listed one': { answer: JSON.stringify({ targets: [{ identity: { user: { secret: [canary] } } }] }) },
    'a string that stands alone, or in a list': { body: JSON.stringify(canary), answer: JSON.stringify([canary, [canary]]) },
    'a secret of the API': {
      body: JSON.stringify({
        meetingInfo: { token: canary, passcode: canary },
        mediaConfig: { blob: canary },
        recordingAccessToken: [canary],
      }),
    },
    'a token at a listed member': {
      body: JSON.stringify({ displayName: jwt, subject: `see ${opaque}`, id: jwt.slice(0, -1), tone: `bearer ${canary}` }),
      answer: JSON.stringify({ error: { message: `The token Bearer ${canary} was refused`, code: `x${jwt}` } }),
    },
    'a token across the cut': { body: JSON.stringify({ subject: `${'x '.repeat(240)}${jwt}${'y'.repeat(20_000)}` }) },
    'the beginning of a token, cut before its first dot': { body: JSON.stringify({ subject: jwt.split('.')[1]?.repeat(2) }) },
    'user information of an address without a scheme': { answerHeaders: { location: `//me:${canary}@graph.microsoft.com/a` } },
    'a token as the name of a member': { body: JSON.stringify({ [jwt]: 1 }) },
    "a listed address's query": {
      body: JSON.stringify({
        callbackUri: `https://bot.contoso.com/c?sig=${canary}`,
        uri: `https://${canary}@cdn.contoso.com/a b?x='y ${canary}'#${canary}`,
      }),
      answer: JSON.stringify({
        resource: `/app/calls/1?t=${canary}`,
        message: `Get "https://a.contoso.com/?t=${canary}" failed`,
      }),
    },
    'a body that is no JSON': {
      body: `{"state": "${canary}`,
      answer: `<html>${canary}</html>`,
      answerHeaders: { 'content-type': 'text/html; charset=utf-8' },
    },
    'a token answer of another form': {
      purpose: 'token',
      body: `{"client_secret":"${canary}"}`,
      answer: JSON.stringify({ error: `${canary} ${canary}`, token_type: jwt, expires_in: canary, error_codes: [canary] }),
    },
    'a token answer in HTML': { purpose: 'token', body: `scope=${jwt}`, answer: `<p>${canary}` },
    'the body of another exchange': {
      purpose: 'other',
      body: JSON.stringify({ state: canary }),
      answer: JSON.stringify({ id: canary }),
    },
    'a secret in the words of a failure': {
      failure: `GET https://me:${canary}@bot.contoso.com/c?code=${canary}#${canary} with Bearer ${canary} and ${jwt} was reset`,
    },
  }
  for (const [place, parts] of Object.entries(places)) {
    it(place, () => {
      const { name, text } = rendered(parts)
      assertNothingPlanted(name + text)
    })
  }

  it('but the size and kind of what it leaves out', () => {
    const html = rendered({ answer: '<p>x</p>', answerHeaders: { 'content-type': 'text/html; charset=utf-8' } }).text
    assert.match(html, /‹8 characters of text\/html, not shown›/)
    assert.deepEqual(shownOf({ displayName: `John ${jwt}` }), { displayName: '‹not shown›' })
    assert.deepEqual(shownOf({ secret: canary, targets: [{ extra: 5 }] }), {
      secret: '‹not shown›',
      targets: [{ extra: '‹not shown›' }],
    })
    assert.match(
      rendered({ failure: `https://a.contoso.com/c?d=${canary} x` }).text,
      /no answer: https:\/\/a\.contoso\.com\/c\?d=‹not shown›/,
    )
    assert.match(
      rendered({ failure: `reset by https://a.contoso.com/c?d=1 today` }).text,
      /reset by https:\/\/a\.contoso\.com\/c\?d=‹not shown› today/,
    )
  })

  const listed = fc.constantFrom('state', 'value', 'targets', 'identity', 'user', 'resourceData', 'error', 'info', '@odata.type')
  const secret = fc.constantFrom('token', 'passcode', 'blob', 'recordingAccessToken')
  const unlisted = fc.string().map((name) => `x-${name}`)
  const anything = fc.jsonValue({ maxDepth: 4 }).map((value) => ({ state: canary, list: [canary, value] }))
  const hidden = fc.oneof(fc.constant<unknown>(canary), fc.constant<unknown>([[canary]]), anything)
  const { value: message } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom<unknown>('harmless', 7, true, null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .array(fc.oneof(fc.tuple(listed, tie('value')), fc.tuple(unlisted, hidden), fc.tuple(secret, hidden)), { maxLength: 5 })
        .map((members) => Object.fromEntries(members)),
    ),
  }))

  it('what any message carries at members that are not listed', () => {
    fc.assert(
      fc.property(message, fc.constantFrom<Purpose>('create', 'get', 'delete', 'notification'), (body, purpose) => {
        const json = JSON.stringify(body)
        assertNothingPlanted(rendered({ purpose, body: json, answer: json }).text)
      }),
      { numRuns: 300 },
    )
  })

  it('a message that is absurdly deep', () => {
    const deep = `${'{"targets":['.repeat(3000)}"${canary}"${']}'.repeat(3000)}`
    assertNothingPlanted(rendered({ body: deep }).text)
  })
})
