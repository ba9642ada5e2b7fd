// A request made of bytes reads as one made by Request: each member, each way to read it, and what a second reader gets.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { isReadOnce } from '../../test/kit/read-once'
import { bytesRequest } from './bytes-request'
import { urlOf } from './request-url'

const URL_SENT = new URL('https://graph.microsoft.com/beta/app/calls?a=%20b#part')
const TEXT = '{"subject":"Jörg"}'
const HEADERS = { 'Content-Type': 'application/json', authorization: 'Bearer x' }
const pair = (text: string | null = TEXT, method = text === null ? 'GET' : 'POST') => {
  // In the middle of more bytes, as a slice of what a client sent.
  const bytes = text === null ? null : new Uint8Array(Buffer.concat([Buffer.from('..'), Buffer.from(text)])).subarray(2)
  return [
    bytesRequest(URL_SENT, method, HEADERS, bytes),
    new Request(URL_SENT, { method, headers: HEADERS, body: bytes }),
  ] as const
}

describe('a request made of bytes', () => {
  test('has the members of a Request, and is one', () => {
    for (const [own, real] of [pair(), pair(null), pair(null, 'DELETE')]) {
      for (const name of ['method', 'url', 'bodyUsed', 'redirect', 'credentials', 'mode', 'cache', 'integrity'] as const)
        assert.equal(own[name], real[name], name)
      assert.deepEqual([...own.headers], [...real.headers])
      assert.ok(own instanceof Request)
      assert.equal(own.signal.aborted, false)
      assert.equal(own.body === null, real.body === null)
      assert.equal(urlOf(own).href, real.url)
    }
  })

  isReadOnce(() => pair())

  test('without a body is read as empty, as often as one likes', async () => {
    const [own, real] = pair(null)
    for (const one of [own, real]) {
      assert.deepEqual([await one.text(), (await one.arrayBuffer()).byteLength, one.bodyUsed], ['', 0, false])
      await assert.rejects(one.json(), SyntaxError)
    }
  })

  test('is read as a stream, copied, and taken as the init of another', async () => {
    const [streamed] = pair()
    const chunks: Uint8Array[] = []
    for await (const chunk of streamed.body ?? []) chunks.push(chunk)
    assert.equal(Buffer.concat(chunks).toString(), TEXT)
    const [cloned] = pair()
    const copy = cloned.clone()
    assert.deepEqual([await copy.text(), await cloned.text(), copy.method], [TEXT, TEXT, 'POST'])
    const [like] = pair()
    const other = new Request('https://graph.microsoft.com/other', like)
    assert.deepEqual(
      [other.method, await other.text(), other.headers.get('authorization')],
      ['POST', TEXT, HEADERS.authorization],
    )
  })

  test('refuses a header that none can be', () => {
    assert.throws(() => bytesRequest(URL_SENT, 'GET', { 'a b': 'c' }, null), TypeError)
  })
})
