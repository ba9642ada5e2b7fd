// A response made of a text reads as one made by Response: each member, each way to read it, and what a second reader gets.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { isReadOnce } from '../../test/kit/read-once'
import { knownText, textResponse } from './text-response'

const TEXT = '{"name":"Jörg","state":"establishing"}'
const INIT = { status: 201, headers: { 'content-type': 'application/json', location: '/beta/app/calls/1' } }
const pair = (init: Partial<typeof INIT> = INIT) =>
  [textResponse(TEXT, { headers: {}, ...init }), new Response(TEXT, { headers: {}, ...init })] as const

describe('a response made of a text', () => {
  test('has the members of a Response, and is one', () => {
    for (const [own, real] of [pair(), pair({ status: 404 }), pair({})]) {
      for (const name of ['status', 'ok', 'bodyUsed', 'redirected', 'statusText', 'type', 'url'] as const)
        assert.equal(own[name], real[name], name)
      assert.deepEqual([...own.headers], [...real.headers])
      assert.ok(own instanceof Response)
    }
  })

  isReadOnce(() => pair())

  test('is read as a stream, copied, and taken as the init of another', async () => {
    const [streamed] = pair()
    const chunks: Uint8Array[] = []
    for await (const chunk of streamed.body ?? []) chunks.push(chunk)
    assert.equal(Buffer.concat(chunks).toString(), TEXT)
    const [cloned] = pair()
    const copy = cloned.clone()
    assert.deepEqual([await copy.text(), await cloned.text(), copy.status], [TEXT, TEXT, 201])
    const [like, real] = pair()
    const [one, other] = [new Response('other', like), new Response('other', real)]
    assert.deepEqual([one.status, [...one.headers]], [other.status, [...other.headers]])
  })

  test('is known without reading it, until its body is a stream', () => {
    const [own, real] = pair()
    assert.deepEqual([knownText(own), knownText(real), knownText(new Response(null))], [TEXT, null, ''])
    own.headers.set('x-more', '1')
    assert.equal(knownText(own), TEXT)
    assert.ok(own.body)
    assert.equal(own.headers.get('x-more'), '1')
    assert.equal(knownText(own), null)
  })
})
