// The bot's tokens: how it gets its own, and that each forged one has one fault and is refused.
import assert from 'node:assert/strict'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, test } from 'mocha'
import { refusedWithout, request, simulated } from '../../test/kit/simulated-world'
import { CouldNotRun } from '../contract/failures'
import { type Forgery, forged, tokenClient } from './tokens'
import { openWire, type Send } from './wire'

const parts = (token: string) => token.split('.')

/** What each forgery has in common with the original, and what differs. */
const FAULTS: Readonly<Record<Forgery, (made: string, own: string) => void>> = {
  malformed: (made) => assert.equal(parts(made).length, 1),
  tampered: (made, own) => {
    assert.deepEqual([parts(made)[0], parts(made)[2]], [parts(own)[0], parts(own)[2]])
    assert.deepEqual(decodeJwt(made), { ...decodeJwt(own), tampered: true })
  },
  unsigned: (made, own) => {
    assert.deepEqual(decodeProtectedHeader(made), { ...decodeProtectedHeader(own), alg: 'none' })
    assert.deepEqual(parts(made).slice(1), [parts(own)[1], ''])
  },
  'signed by another key': (made, own) => {
    assert.deepEqual(decodeJwt(made), decodeJwt(own))
    assert.deepEqual(decodeProtectedHeader(made), decodeProtectedHeader(own))
    assert.notEqual(parts(made)[2], parts(own)[2])
    assert.equal(parts(made)[2]?.length, parts(own)[2]?.length)
  },
}

for (const kind of Object.keys(FAULTS) as Forgery[]) {
  test(`a token that is ${kind} has only this fault and is refused`, async () => {
    const run = await simulated()
    const own = await run.token()
    const made = await forged(kind, own)
    FAULTS[kind](made, own)
    await refusedWithout(run, await run.create(request(1), { token: made }), 401, 'InvalidAuthenticationToken')
    assert.equal((await run.create(request(1), { token: own })).status, 201)
  })
}

describe('tokens of the bot', () => {
  const CREDENTIALS = { clientId: 'the client', tenantId: 'the-tenant', secret: 'very secret' }
  const TOKENS = { authorityUrl: 'https://login.example', scope: 'https://graph.example/.default' }
  const json = (status: number, value: unknown) => new Response(JSON.stringify(value), { status })
  const granted = (expires: unknown) => json(200, { access_token: 'a token', expires_in: expires })

  function client(answer: () => Response) {
    const sent: Parameters<Send>[] = []
    const { signal } = new AbortController()
    const send = openWire({ fetch: async () => answer(), signal, keep: () => {}, timeLimitMs: 5_000 })
    const counted: Send = (...args) => {
      sent.push(args)
      return send(...args)
    }
    const token = tokenClient(counted, TOKENS, CREDENTIALS)
    return { token, sent }
  }

  test('come by client credentials, once until shortly before their end', async () => {
    const { token, sent } = client(() => granted('3599'))
    assert.deepEqual([await token(), await token()], ['a token', 'a token'])
    assert.equal(sent.length, 1)
    const [purpose, { method, url, body }] = sent[0] as Parameters<Send>
    assert.deepEqual([purpose, method, url], ['token', 'POST', 'https://login.example/the-tenant/oauth2/v2.0/token'])
    const form = { grant_type: 'client_credentials', client_id: 'the client', client_secret: 'very secret', scope: TOKENS.scope }
    assert.deepEqual(Object.fromEntries(new URLSearchParams(body ?? '')), form)
  })

  test('that end within a minute are not used again', async () => {
    const { token, sent } = client(() => granted(59))
    await token()
    await token()
    assert.equal(sent.length, 2)
  })

  const REFUSALS: Readonly<Record<string, readonly [answer: () => Response, says: RegExp]>> = {
    'a refusal': [() => json(401, { error: 'invalid_client', error_description: 'wrong' }), /401 invalid_client: wrong/],
    'another shape': [() => json(200, { token: 'x' }), /200 with an answer that is not OAuth/],
    'a page': [() => new Response('<html>', { status: 502 }), /502 with an answer that is not OAuth/],
    'a token with a status of refusal': [() => json(400, { access_token: 'x', expires_in: 60 }), /400 with an answer/],
    'an empty answer': [() => new Response(null), /not OAuth/],
  }
  for (const [name, [answer, says]] of Object.entries(REFUSALS)) {
    test(`${name}: could not run, and the secret is not quoted`, async () => {
      const { token } = client(answer)
      await assert.rejects(
        token(),
        (error: Error) => error instanceof CouldNotRun && says.test(error.message) && !/very secret/.test(`${error.stack}`),
      )
    })
  }
})
