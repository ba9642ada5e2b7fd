// Where guarded deliveries go: to this machine and to allowed hosts, and no trick leads them elsewhere.
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { after, describe, test } from 'mocha'
import { A_MOMENT_MS, bot, closers, failure, guarded, POST } from '../../../test/kit/callback-bots'
import type { GuardOptions } from './guarded-delivery'

after(() => Promise.all(closers.map((close) => close())))

describe('a host', () => {
  const NAMES: Readonly<Record<string, readonly string[]>> = {
    'here.test': ['127.0.0.1'],
    'both.test': ['127.0.0.1', '0.0.0.0'],
    'open.test': ['0.0.0.0'],
    'away.test': ['10.0.0.1'],
    'localhost.evil.example': ['192.0.2.7'],
  }
  const lookup: GuardOptions['lookup'] = async (name) => {
    const addresses = NAMES[name.replace(/\.$/, '')]
    if (addresses === undefined) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' })
    return addresses.map((address) => ({ address, family: 4 }))
  }

  const LOCAL = '127.0.0.1 127.9.8.7 localhost [::ffff:127.0.0.1] 0x7f.1 2130706433 017700000001 127.1'
  for (const host of LOCAL.split(' ')) {
    test(`${host} is this machine`, async () => {
      const { port } = await bot()
      const sent = guarded()(`http://${host}:${port}/`, POST)
      // The bot listens on 127.0.0.1 only: to reach another loopback address is to be refused there.
      if (host === '127.9.8.7') assert.equal((await failure(sent)).code, 'ECONNREFUSED')
      else assert.equal((await sent).status, 202)
    })
  }

  const ELSEWHERE =
    '10.0.0.1 192.168.0.1 169.254.169.254 0.0.0.0 0 167772161 0xa.1 [::ffff:10.0.0.1] [::] [fe80::1] [64:ff9b::7f00:1] [::127.0.0.1] away.test away.test. both.test localhost.evil.example'
  for (const host of ELSEWHERE.split(' ')) {
    test(`${host} is not, and is refused with what to write`, async () => {
      const written = new URL(`http://${host}/`).hostname.replace(/[[\]]/g, '')
      assert.deepEqual(await failure(guarded({ lookup })(`http://${host}:9/`, POST)), {
        code: 'EFORBIDDEN',
        words: `callback host ${written} is not this machine: start with --allow-callback ${written}`,
      })
    })
  }

  test('that does not exist is said to be none', async () => {
    assert.deepEqual(await failure(guarded({ lookup })('http://unknown.test/', POST)), {
      code: 'ENOTFOUND',
      words: 'no such host',
    })
  })

  test('is looked up once per connection, and the connection goes to what was checked', async () => {
    const { port, heard } = await bot()
    let asked = 0
    // A name that is this machine for who asks first, and another one afterwards.
    const rebinding: GuardOptions['lookup'] = async () => [{ address: asked++ === 0 ? '127.0.0.1' : '10.0.0.1', family: 4 }]
    const deliver = guarded({ lookup: rebinding })
    for (let times = 0; times < 2; times++) {
      assert.equal((await deliver(`http://turns.test:${port}/`, POST)).status, 202)
      await pause(A_MOMENT_MS)
    }
    assert.deepEqual([asked, heard.length], [1, 2])
    const { words } = await failure(guarded({ lookup: rebinding })(`http://turns.test:${port}/`, POST))
    assert.match(words, /is not this machine/)
  })

  // 0.0.0.0 stands for another machine: it is no loopback address, and yet nothing leaves this one.
  for (const [allowed, host] of [
    ['open.test', 'open.test'],
    ['Open.Test.', 'open.test'],
    ['open.test', 'open.test.'],
    ['0x0.0', '0.0.0.0'],
    ['both.test', 'both.test'],
  ] as const) {
    test(`${host} may be any address once ${allowed} is allowed`, async () => {
      const { port } = await bot()
      assert.equal((await failure(guarded({ lookup })(`http://${host}:${port}/`, POST))).code, 'EFORBIDDEN')
      assert.equal((await guarded({ lookup, allowedHosts: [allowed] })(`http://${host}:${port}/`, POST)).status, 202)
    })
  }

  test('may be an address of IPv6, in any writing', async () => {
    const { code } = await failure(guarded({ allowedHosts: ['0:0::0'] })('http://[::]:9/', POST))
    assert.notEqual(code, 'EFORBIDDEN')
  })

  test('that is allowed allows no other', async () => {
    const deliver = guarded({ lookup, allowedHosts: ['open.test'] })
    for (const host of ['0.0.0.0', '10.0.0.1', 'away.test', 'both.test'])
      assert.equal((await failure(deliver(`http://${host}:9/`, POST))).code, 'EFORBIDDEN')
  })
})
