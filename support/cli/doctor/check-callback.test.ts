// What the doctor finds at the callback: whether the public address leads to the listener, and what stands between.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'mocha'
import { failing, listening, now, one, real } from '../../../test/kit/doctor-surroundings'
import { HarnessError } from '../../contract/faults'
import { checkCallback, checkListener, type Listener } from './check-callback'

describe('the callback', () => {
  const check = (parts: {
    url: string
    listener: Listener
    fetch?: typeof real
    addresses?: string[]
    graphElsewhere?: boolean
  }) =>
    checkCallback({
      place: '127.0.0.1:3979',
      fetch: real,
      lookup: async () => parts.addresses ?? ['203.0.113.1'],
      now,
      nonce: `doctor-${randomUUID()}`,
      graphElsewhere: false,
      ...parts,
    })
  /** A fetch that turns the public address into one of loopback, as a tunnel does. */
  const tunnel = (from: string, to: string) => (url: string, init: RequestInit) => fetch(url.replace(from, to), init)

  test('leads to the listener, whose path is given back afterwards', async () => {
    const { url, listener, paths } = await listening()
    one(
      await check({ url: `${url}/some/path`, listener }),
      /^ok: .*leads to 127\.0\.0\.1:3979, as far as can be told from inside/,
    )
    assert.equal(paths.size, 0)
  })

  test('leads there through a name; a private address of it is told, where Graph is elsewhere', async () => {
    const { url, listener } = await listening()
    const parts = { url: 'https://bot.example/in', listener, fetch: tunnel('https://bot.example', url), graphElsewhere: true }
    one(await check(parts), /^ok: /)
    for (const address of ['10.1.2.3', '192.168.0.1', '172.31.0.1', '127.0.0.1', '::1', 'fd00::1'])
      one(await check({ ...parts, addresses: [address] }), /^warning: .*private network only/)
    one(await check({ ...parts, addresses: ['10.1.2.3', '2001:4860::1'] }), /^ok: /)
    one(await check({ ...parts, addresses: ['10.1.2.3'], graphElsewhere: false }), /^ok: /)
  })

  test('has a name that does not resolve', async () => {
    const { listener } = await listening()
    const lookup = () => Promise.reject(new Error('ENOTFOUND'))
    const parts = { url: 'https://bot.example', place: '', listener, fetch: real, lookup, now, graphElsewhere: true, nonce: 'n' }
    one(await checkCallback(parts), /^mend: .*does not resolve; correct BOT_CALLBACK_URL/)
  })

  test('loses the path on its way', async () => {
    const { url, listener } = await listening()
    one(
      await check({ url: 'https://bot.example/in', listener, fetch: tunnel('https://bot.example/in', url) }),
      /^mend: .*under another path; .*forward every path unchanged to 127\.0\.0\.1:3979/,
    )
  })

  test('loses the answer on its way back', async () => {
    const { url, listener } = await listening()
    const fetched = async (to: string, init: RequestInit) => {
      await fetch(to, init)
      return new Response('bad gateway', { status: 502 })
    }
    one(await check({ url, listener, fetch: fetched }), /^mend: .*arrive, but the answer does not come back/)
    const rewritten = async (to: string, init: RequestInit) => {
      await fetch(to, init)
      return new Response('<html>')
    }
    one(await check({ url, listener, fetch: rewritten }), /^mend: .*the answer does not come back/)
  })

  test('leads to something else, or nowhere', async () => {
    const { listener } = await listening()
    const { url } = await listening((_, response) => void response.writeHead(200).end('<html>'))
    one(await check({ url, listener }), /^mend: .*answered 200 by something else/)
    one(await check({ url, listener, fetch: failing('ECONNREFUSED') }), /^mend: .*nothing listens/)
    const own = { url, listener, fetch: failing('SELF_SIGNED_CERT_IN_CHAIN') }
    one(await check({ ...own, graphElsewhere: true }), /^mend: .*not trusted; .*public authority/)
    one(await check(own), /^mend: .*not trusted; .*GRAPH_CA_FILE/)
  })

  test('has a port that is taken', async () => {
    const taken = () => Promise.reject(new HarnessError('BOT_CALLBACK_LISTEN: the port is taken: write another'))
    const checked = await checkListener(taken, '127.0.0.1:1')
    one(checked, /^mend: BOT_CALLBACK_LISTEN/)
    assert.equal(checked.found, null)
    await assert.rejects(
      checkListener(() => Promise.reject(new TypeError('x')), ''),
      TypeError,
    )
  })
})
