// Shows that both in-process mounts carry requests and answers unchanged, with any content, and when one side gives up meanwhile.

import assert from 'node:assert/strict'
import https from 'node:https'
import { describe, it } from 'mocha'
import {
  echo,
  graph,
  login,
  mountsOfThisFile,
  type Seen,
  type Send,
  throughFetch,
  throughNode,
} from '../../../test/kit/mount-clients'
import { type Handler, mountDirect, type Routes } from './direct'

const { mount, unmountAll } = mountsOfThisFile()

/** Every way in: the client, and how the handler gets behind the origin. */
const ways: Readonly<Record<string, (routes: Routes) => Send>> = {
  'fetch over nock': (routes) => {
    mount(routes)
    return throughFetch(globalThis.fetch)
  },
  'fetch over nock, for handlers of this project': (routes) => {
    mount(routes, { own: true })
    return throughFetch(globalThis.fetch)
  },
  'https.request over nock': (routes) => {
    mount(routes)
    return throughNode(https)
  },
  'the direct mount': (routes) => throughFetch(mountDirect(routes)),
  'the direct mount, for texts': (routes) => {
    const fetch = mountDirect(routes)
    return throughFetch((url, { headers, body, ...init } = {}) => {
      const text = body instanceof Uint8Array ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(body) : null
      const faithful = text === null || Buffer.from(text).equals(body as Uint8Array)
      const named = [...new Headers(headers as [string, string][])]
      return fetch(url, {
        ...init,
        headers: Object.fromEntries(named),
        body: faithful ? text : (body as Uint8Array<ArrayBuffer>),
      })
    })
  },
}

const bodies: Readonly<Record<string, [contentType: string, body: Buffer]>> = {
  'invalid JSON': ['application/json', Buffer.from('{"callbackUri": ')],
  'JSON with a trailing comma': ['application/json', Buffer.from('{"targets":[1,],}')],
  'JSON with a charset': ['application/json; charset=utf-8', Buffer.from('{"subject":"Zoë"}')],
  'JSON in capitals': ['APPLICATION/JSON', Buffer.from('nonsense')],
  'JSON that is not UTF-8': ['application/json', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
  'JSON that claims to be zipped': ['application/json', Buffer.from('not zipped')],
  'text that looks like hex': ['text/plain', Buffer.from('fffe00')],
  bytes: ['application/octet-stream', Buffer.from(Array.from({ length: 256 }, (_, at) => at))],
  'a single zero byte': ['application/octet-stream', Buffer.from([0])],
  '5 MB': ['application/json', Buffer.alloc(5_000_000, '{"a":')],
  nothing: ['application/json', Buffer.alloc(0)],
}

for (const [way, through] of Object.entries(ways)) {
  describe(way, () => {
    for (const [name, [contentType, body]] of Object.entries(bodies)) {
      it(`carries ${name}`, async () => {
        const send = through({ [graph]: echo })
        const headers = { 'content-type': contentType, ...(name.includes('zipped') && { 'content-encoding': 'gzip' }) }
        const answer = await send(`${graph}/beta/app/calls?$top=1&a=%20b#part`, { method: 'POST', headers, body })
        const seen = JSON.parse(String(answer.body)) as Seen
        assert.equal(seen.url.replace('#part', ''), `${graph}/beta/app/calls?$top=1&a=%20b`)
        assert.equal(seen.method, 'POST')
        assert.equal(seen.headers['content-type'], contentType)
        assert.ok(seen.body === body.toString('base64'), 'the body changed on its way')
      })
    }

    it('carries every method, and any path', async () => {
      const send = through({ [graph]: echo })
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const seen = JSON.parse(String((await send(`${graph}/a/../b//c;d/%2Fé`, { method })).body)) as Seen
        assert.deepEqual([seen.method, seen.url], [method, `${graph}/b//c;d/%2F%C3%A9`])
      }
      assert.equal((await send(graph, { method: 'HEAD' })).status, 200)
    })

    it('carries headers in any case, and repeated ones', async () => {
      const answered = new Headers([
        ['Retry-After', '3'],
        ['X-Two', 'a'],
        ['x-two', 'b'],
        ['Set-Cookie', 'one=1'],
        ['set-cookie', 'two=2'],
      ])
      let seen: Headers | undefined
      const send = through({
        [graph]: async (request) => {
          seen = request.headers
          return new Response('<p>Gateway</p>', { status: 503, headers: [...answered, ['Content-Type', 'text/html']] })
        },
      })
      const answer = await send(graph, { headers: { 'X-Repeated': ['1', '2'], AUTHORIZATION: 'Bearer x' } })
      assert.equal(seen?.get('x-repeated'), '1, 2')
      assert.equal(seen?.get('authorization'), 'Bearer x')
      assert.deepEqual([answer.status, String(answer.body)], [503, '<p>Gateway</p>'])
      assert.deepEqual(
        ['retry-after', 'x-two', 'set-cookie', 'content-type'].map((name) => answer.headers[name]),
        ['3', 'a, b', ['one=1', 'two=2'], 'text/html'],
      )
    })

    it('carries 204 without a body, and an empty body without a content type', async () => {
      const send = through({
        [graph]: async (request) => new Response(null, { status: request.method === 'DELETE' ? 204 : 202 }),
      })
      for (const [method, status] of [
        ['DELETE', 204],
        ['POST', 202],
      ] as const) {
        const answer = await send(graph, { method })
        assert.deepEqual([answer.status, answer.body.length, answer.headers['content-type']], [status, 0, undefined])
      }
    })

    const failing: Readonly<Record<string, Handler>> = {
      rejects: () => Promise.reject(new Error('the outbox is gone')),
      'throws at once': () => {
        throw new Error('the outbox is gone')
      },
    }
    for (const [name, handler] of Object.entries(failing)) {
      it(`turns a handler that ${name} into a network error with its message`, async () => {
        const send = through({ [graph]: handler })
        await assert.rejects(send(graph, { method: 'POST', body: Buffer.from('{}') }), (error: Error) => {
          assert.deepEqual(
            [error.name, error.message, (error.cause as Error).message],
            ['TypeError', 'fetch failed', 'the outbox is gone'],
          )
          return true
        })
      })
    }
  })
}

describe('the client aborts while the handler is pending', () => {
  const ends: Readonly<Record<string, (end: { answer(): void; fail(): void }) => void>> = {
    'and the handler answers late': ({ answer }) => answer(),
    'and the handler fails late': ({ fail }) => fail(),
  }
  for (const [name, finish] of Object.entries(ends)) {
    const pending = () => {
      const end = { answer: () => {}, fail: () => {} }
      let asked = () => {}
      const wasAsked = new Promise<void>((resolve) => {
        asked = resolve
      })
      const handler: Handler = () =>
        new Promise((resolve, reject) => {
          end.answer = () => resolve(new Response('late'))
          end.fail = () => reject(new Error('late'))
          asked()
        })
      return { end, handler, wasAsked }
    }
    /** Time enough for an uncaught error or rejection to end the process, and with it the test. */
    const quiet = () => new Promise((resolve) => setTimeout(resolve, 20))

    for (const [mounted, fetcher] of [
      ['nock', (routes: Routes) => mount(routes) && globalThis.fetch],
      ['direct', mountDirect],
    ] as const) {
      it(`fetch, ${mounted} mount, ${name}`, async () => {
        const { end, handler, wasAsked } = pending()
        const fetch = fetcher({ [graph]: handler })
        const abort = new AbortController()
        const answer = fetch(graph, { signal: abort.signal })
        await wasAsked
        abort.abort(new Error('enough'))
        await assert.rejects(answer, /enough/)
        finish(end)
        await quiet()
        unmountAll()
        mount({ [graph]: async () => new Response('next') })
        assert.equal(await (await globalThis.fetch(graph)).text(), 'next')
      })
    }

    it(`https.request, ${name}`, async () => {
      const { end, handler, wasAsked } = pending()
      mount({ [graph]: handler })
      const request = https.get(graph)
      await wasAsked
      const failed = new Promise((resolve) => request.on('error', () => {}).on('close', resolve))
      request.destroy()
      await failed
      finish(end)
      await quiet()
    })
  }

  it('a signal that is aborted already stops the request before the handler', async () => {
    const routes = { [graph]: () => assert.fail('asked') }
    mount(routes)
    for (const fetch of [globalThis.fetch, mountDirect(routes)]) {
      await assert.rejects(fetch(graph, { signal: AbortSignal.abort(new Error('enough')) }), /enough/)
    }
  })
})

describe('the direct mount as a fetch', () => {
  it('rejects an origin without a route', async () => {
    const fetch = mountDirect({ [graph]: echo })
    for (const url of [`${login}/x`, `${graph}:8443`, 'http://graph.simulated.invalid']) {
      await assert.rejects(fetch(url), (error: Error) => {
        assert.deepEqual([error.name, error.message], ['TypeError', 'fetch failed'])
        assert.equal((error.cause as Error).message, `no route to ${new URL(url).origin}`)
        return true
      })
    }
  })

  it('takes a Request as fetch does, with its abort', async () => {
    const fetch = mountDirect({ [graph]: () => new Promise(() => {}) })
    const abort = new AbortController()
    const answer = fetch(new Request(graph, { method: 'POST', body: 'x', signal: abort.signal }))
    setImmediate(() => abort.abort())
    await assert.rejects(answer, { name: 'AbortError' })
  })
})
