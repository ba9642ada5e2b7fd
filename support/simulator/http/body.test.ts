// Bodies: what is no JSON object, what is too much, and what means harm.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { CALLS, refusalCode, refusedWithout, request, type Simulated, simulated } from '../../../test/kit/simulated-world'
import { MAX_BODY_BYTES } from './body'

const JSON_TYPE = { 'content-type': 'application/json' }
const text = JSON.stringify(request(1))
const nested = (levels: number) => `{"callbackUri":${'['.repeat(levels)}${']'.repeat(levels)}}`
const post = (run: Simulated, body: RequestInit['body'], headers: Record<string, string> = JSON_TYPE) =>
  run.ask('POST', CALLS, { headers, body })

describe('a body', () => {
  const noObjects: readonly [what: string, body: RequestInit['body'], headers?: Record<string, string>][] = [
    ['is a word', 'hello'],
    ['has the trailing comma of the page (E-07)', `${text.slice(0, -1)},}`],
    ['is empty', ''],
    ['is an array', `[${text}]`],
    ['is a string', JSON.stringify(text)],
    ['is null', 'null'],
    ['is cut off', text.slice(0, -1)],
    ['goes on after its end', `${text}{}`],
    ['is a form', new URLSearchParams({ callbackUri: 'https://bot.contoso.com' }), {}],
    ['says that it is text', text, { 'content-type': 'text/plain' }],
    ['says that it is another JSON', text, { 'content-type': 'application/json-patch+json' }],
    ['says nothing', new TextEncoder().encode(text), {}],
    ['is no UTF-8', new Uint8Array([...new TextEncoder().encode('{"subject":"'), 0xc3, 0x28, 0x22, 0x7d])],
    ['is UTF-16', Buffer.from(text, 'utf16le')],
    ['is nested 10,000 levels deep', nested(10_000)],
    ['is nested deeper than is read', nested(100)],
  ]
  for (const [what, body, headers] of noObjects) {
    test(`that ${what} is refused`, async () => {
      const run = await simulated()
      const answer = await post(run, body, headers)
      await refusedWithout(run, answer, 400, 'BadRequest')
      assert.match(answer.text, /Unable to read JSON request payload/)
    })
  }

  test('is read with a charset, with white space and a byte order mark, and with its last of two equal members', async () => {
    const run = await simulated()
    for (const type of ['application/json; charset=utf-8', 'Application/JSON;charset=UTF-8'])
      assert.equal((await post(run, text, { 'content-type': type })).status, 201)
    assert.equal((await post(run, `\ufeff \r\n${text}\t`)).status, 201)
    const twice = await post(run, `{"subject":"one",${text.slice(1, -1)},"subject":"other"}`)
    assert.deepEqual([twice.status, twice.body.subject], [201, 'other'])
    assert.equal((await post(run, `{"extra":${nested(90)},${text.slice(1)}`)).status, 201)
  })

  const filled = (bytes: number) => `${text.slice(0, -1)},"subject":"${'x'.repeat(bytes - text.length - 13)}"}`
  test('of 4 MB is read, one byte more is refused, also when it comes as a stream that does not say its length', async () => {
    const run = await simulated()
    const whole = filled(MAX_BODY_BYTES)
    assert.equal(whole.length, MAX_BODY_BYTES)
    assert.equal((await post(run, whole)).status, 201)
    const { pulled, body } = endless()
    for (const tooLong of [filled(MAX_BODY_BYTES + 1), body]) {
      const answer = await post(run, tooLong)
      assert.deepEqual([answer.status, refusalCode(answer)], [413, 'BadRequest'])
    }
    assert.ok(pulled() <= 70, `the rest is not read: ${pulled()} pieces of 64 KB`)
    const said = await post(run, '{}', { ...JSON_TYPE, 'content-length': String(MAX_BODY_BYTES + 1) })
    assert.equal(said.status, 413)
    assert.equal(run.simulator.calls().length, 1)
  })

  test('that looks like a refusal of ours is one of the client: it chooses neither answer nor journal', async () => {
    for (const error of ['noToken', 'y']) {
      const run = await simulated()
      const answer = await run.create({ error, diagnosis: 'mine', detail: 'mine' })
      await refusedWithout(run, answer, 400, '8523')
      assert.ok(!run.journal().includes('mine'))
    }
  })

  test('with members named as those of every object changes no object', async () => {
    const run = await simulated()
    const hostile = '{"polluted":true,"id":"evil","__proto__":{"polluted":true}}'
    const meeting = JSON.stringify(request(6))
    const bodies = [
      `{"__proto__":${hostile},"constructor":{"prototype":${hostile}},${text.slice(1)}`,
      meeting.replace('"chatInfo":{', `"chatInfo":{"__proto__":${hostile},`),
      meeting.replace('"organizer":{', `"organizer":{"__proto__":${hostile},"constructor":${hostile},`),
      meeting.replace('"guest":{', `"guest":{"__proto__":${hostile},`),
    ]
    for (const body of bodies) assert.equal((await post(run, body)).status, 201)
    await run.advance(1000)
    assert.equal(({} as Record<string, unknown>).polluted, undefined)
    assert.deepEqual(Reflect.ownKeys(Object.prototype).includes('polluted'), false)
    assert.ok(run.simulator.calls().every(({ id }) => id !== 'evil'))
  })

  test('with huge numbers and lone surrogates is answered as it was sent', async () => {
    const run = await simulated()
    const {
      status,
      body,
      text: raw,
    } = await post(run, `{"subject":"\\ud800 \\u0000",${text.slice(1, -1)},"x":1e999,"y":-1e308,"z":9007199254740993}`)
    assert.deepEqual([status, body.subject], [201, '\ud800 \u0000'])
    assert.ok(raw.includes('\\ud800'))
    assert.equal((await post(run, `{${text.slice(1, -1)},"ringingTimeoutInSeconds":1e999}`)).status, 400)
  })

  test('with a fault for each of its members names five of them', async () => {
    const run = await simulated()
    const answer = await run.create(request(1, { requestedModalities: Array(20_000).fill('smell') }))
    await refusedWithout(run, answer, 400, 'BadRequest')
    assert.ok(answer.text.length < 1_000)
    assert.match(answer.text, /and 19995 more/)
  })
})

function endless(): { pulled(): number; body: ReadableStream } {
  let count = 0
  const piece = new Uint8Array(64 * 1024).fill(0x20)
  return {
    pulled: () => count,
    body: new ReadableStream({
      pull(controller) {
        count++
        controller.enqueue(piece)
      },
    }),
  }
}
