// The evidence shows nothing but listed members: planted canaries never appear.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { assertNothingPlanted, canary, jwt, opaque, type Parts, rendered, shownOf } from '../../../test/kit/evidence-exchange'
import type { Purpose } from '../../contract/exchange'

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
