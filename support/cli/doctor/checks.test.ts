// Each check of the doctor: what it finds, what it says to do, and what it leaves for later checks.
import assert from 'node:assert/strict'
import { UnsecuredJWT } from 'jose'
import { describe, test } from 'mocha'
import {
  ALL,
  CLIENT,
  configurationWith,
  examination,
  failing,
  listening,
  PATH,
  real,
  saidBy,
  TENANT,
  tunnelRefusing,
} from '../../../test/kit/doctor-surroundings'
import { httpServer } from '../../../test/kit/loopback-https'
import { loadCast } from '../../contract/cast'
import { CouldNotRun, NonConformance } from '../../contract/failures'
import { openNetwork } from '../../net/network'
import type { Leftover, Leftovers } from '../../targets/tenant/call-journal'
import type { Configuration } from '../../targets/tenant/config/configuration'
import { endLeftovers } from '../../targets/tenant/registrations'
import {
  checkCallback,
  checkCast,
  checkClock,
  checkCredential,
  checkGraph,
  checkKeys,
  checkLeftovers,
  checkPeople,
  checkPermissions,
  type DoctorListener,
} from './checks'

/** Asserts that a check found one thing. */
async function one(found: Promise<readonly string[]>, ...says: readonly RegExp[]): Promise<void> {
  const lines = await found
  assert.equal(lines.length, 1, lines.join('\n'))
  for (const part of says) assert.match(lines[0] as string, part)
}

const LATER = ['/beta/communications/calls', '/v1.0/communications/calls']

describe('Graph', () => {
  const check = (baseUrl: string, fetch?: typeof real) => {
    const graph = { baseUrl, callsPath: PATH }
    return saidBy(checkGraph, examination({ configuration: configurationWith({ graph }), ...(fetch && { fetch }) }))
  }

  /** A Graph whose paths answer so; every other 404. What it was asked is kept. */
  async function graph(answers: Record<string, number>) {
    const asked: string[] = []
    const baseUrl = await httpServer((request, response) => {
      let size = 0
      request.on('data', (chunk: Buffer) => {
        size += chunk.length
      })
      request.on('end', () => {
        asked.push(`${request.method} ${request.url} ${size} ${request.headers.authorization ?? 'no token'}`)
        response.writeHead(answers[request.url ?? ''] ?? 404).end()
      })
    })
    return { asked, check: () => check(baseUrl) }
  }

  test('answers 401, asked without a token and without a body, and so do other paths', async () => {
    const alone = await graph({ [PATH]: 401 })
    await one(alone.check(), /^ok: POST .*\/beta\/app\/calls .* 401, as it should be; other calls paths that do so: none$/)
    assert.deepEqual(alone.asked.sort(), [PATH, ...LATER].map((path) => `POST ${path} 0 no token`).sort())
    const both = await graph({ [PATH]: 401, [LATER[1] as string]: 401 })
    await one(both.check(), /; other calls paths that do so: \/v1\.0\/communications\/calls$/)
  })

  test('answers under another path, which is named', async () => {
    const { check } = await graph({ [PATH]: 404, [LATER[0] as string]: 401 })
    await one(check(), /^fix: .* does not have this path; write \/beta\/communications\/calls to GRAPH_CALLS_PATH/)
  })

  test('accepts a request without a token: the doctor sends no other', async () => {
    const { check, asked } = await graph({ [PATH]: 201 })
    await one(check(), /^fix: .*may have made a call; run nothing against it/)
    assert.equal(asked.length, 1)
  })

  for (const [status, says] of [
    [302, /redirects; .*GRAPH_BASE_URL/],
    [400, /does not have this path; .*GRAPH_BASE_URL/],
    [429, /too busy; try again later/],
    [503, /too busy/],
    [500, /401 is right; see what stands between/],
    [403, /401 is right/],
  ] as const)
    test(`answers ${status}`, async () => one((await graph({ [PATH]: status })).check(), /^fix: /, says))

  test('does not answer: the finding says why and repeats no address of the error', async () => {
    await one(check('http://127.0.0.1:1'), /^fix: POST http:\/\/127\.0\.0\.1:1\/.*: no answer: .+; .+$/)
    for (const [code, says] of [
      ['ENOTFOUND', /name does not resolve/],
      ['ECONNREFUSED', /nothing listens/],
      ['UND_ERR_CONNECT_TIMEOUT', /in time; .*HTTPS_PROXY/],
      ['SELF_SIGNED_CERT_IN_CHAIN', /not trusted; .*GRAPH_CA_FILE/],
      ['DEPTH_ZERO_SELF_SIGNED_CERT', /not trusted/],
      ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /not trusted/],
      ['ERR_SSL_WRONG_VERSION_NUMBER', /not use TLS/],
      ['ECONNRESET', /no answer: ECONNRESET; see/],
    ] as const)
      await one(check('http://127.0.0.1:1', failing(code)), /^fix: (?!.*canary)/, says)
  })

  test('is behind a proxy that refuses', async () => {
    for (const [status, says] of [
      [407, /proxy wants credentials; .*HTTPS_PROXY/],
      [403, /does not let it through; .*NO_PROXY/],
    ] as const) {
      const environment = { HTTPS_PROXY: (await tunnelRefusing(status)).replace('//', '//canary:canary@') }
      const limits = { connectTimeoutMs: 2_000, headersTimeoutMs: 2_000, bodyTimeoutMs: 2_000 }
      const network = openNetwork({ caFile: null, environment, ...limits })
      await one(check('https://graph.contoso.com', network.fetch), /^fix: (?!.*canary)/, says)
      await network.close()
    }
  })
})

describe('the clock', () => {
  const check = (ahead: number, date = true) => {
    const at = Date.parse('2026-01-01T00:00:00Z')
    const headers = new Headers(date ? { date: new Date(at).toUTCString() } : {})
    return saidBy(checkClock, { ...examination(), answer: { headers, at: at + ahead * 1000 } })
  }
  for (const [ahead, says] of [
    [0, /^ok: within 1 s/],
    [60, /^ok: within 60 s/],
    [61, /^warning: .*61 s ahead of.*; synchronise/],
    [-61, /^warning: .*61 s behind/],
    [300, /^warning/],
    [301, /^fix: .*301 s ahead/],
    [-3600, /^fix: .*3600 s behind/],
  ] as const)
    test(`${ahead} s ahead`, () => one(check(ahead), says))
  test('without a Date to compare with', () => one(check(0, false), /^warning: .*no Date/))
})

describe('the keys of notification tokens', () => {
  const check = (config: string | number, keys: string | number = 404) =>
    saidBy(
      checkKeys,
      examination({
        configuration: configurationWith({ openIdUrl: 'https://id.example/config' }),
        fetch: async (url) => {
          const body = url.endsWith('/config') ? config : keys
          return typeof body === 'number' ? new Response('', { status: body }) : new Response(body)
        },
      }),
    )
  const at = (jwks_uri: string) => JSON.stringify({ jwks_uri })
  const CONFIG = at('https://id.example/keys')
  const set = (...keys: unknown[]) => JSON.stringify({ keys })
  const GOOD = { kty: 'RSA', kid: '1' }
  const CASES: readonly (readonly [config: string | number, keys: string | number, says: RegExp])[] = [
    [CONFIG, set(GOOD, { kty: 'EC', kid: '2' }), /^ok: 1 at https:/],
    [404, 404, /^fix: .*config was answered 404.*; correct BOT_NOTIFICATION_OPENID/],
    ['<html>', 404, /^fix: .*names no jwks_uri/],
    [at('http://id.example/keys'), set(GOOD), /^fix: .*no https address/],
    [CONFIG, 503, /^fix: .*keys was answered 503/],
    [CONFIG, '{}', /^fix: .*gave no keys/],
    [CONFIG, set({ kty: 'RSA' }), /^fix: .*no RSA key with an id/],
  ]
  for (const [config, keys, says] of CASES) test(String(says), () => one(check(config, keys), says))
})

describe('the credential', () => {
  const token = (claims: Record<string, unknown>) => new UnsecuredJWT(claims).encode()
  async function check(claims: Record<string, unknown> | string) {
    const made = examination({ tokens: async () => (typeof claims === 'string' ? claims : token(claims)) })
    return { said: await saidBy(checkCredential, made), found: made.token, permissions: () => saidBy(checkPermissions, made) }
  }
  const permissions = async (...roles: readonly string[]) => (await check({ tid: TENANT, appid: CLIENT, roles })).permissions()

  test('gives a token of this app in this tenant', async () => {
    const { said, found } = await check({ tid: TENANT, appid: CLIENT, roles: [...ALL, 'User.Read.All'] })
    assert.deepEqual(said, [`ok: a token for app ${CLIENT} in tenant ${TENANT}`])
    assert.equal(found?.roles?.length, 5)
    assert.match((await check({ tid: TENANT.toUpperCase(), azp: CLIENT.toUpperCase() })).said.join(), /^ok/)
  })

  test('gives a token of another app or tenant, which is not used', async () => {
    for (const other of [{ tid: CLIENT, appid: CLIENT }, { tid: TENANT, appid: TENANT }, { tid: TENANT }]) {
      const { said, found } = await check(other)
      assert.match(said.join(), /^fix: .*another; correct GRAPH_CLIENT_ID and GRAPH_TENANT_ID/)
      assert.equal(found, undefined)
    }
  })

  test('gives a token that cannot be read: it is used and not repeated', async () => {
    const unread = await check('canary')
    assert.match(unread.said.join(), /^warning: (?!.*canary).*cannot be read/)
    assert.equal(unread.found?.bearer, 'canary')
    await one(unread.permissions(), /^warning: unknown; see in the portal/)
  })

  test('permits all of the examples, in the spellings of the page too (E-04, E-05)', async () => {
    const spelt = ['calls.initiate.all', 'Calls.JoinGroupCalls.All', 'Calls.JoinGroupCallsasGuest.All', 'Calls.AccessMedia.All']
    for (const roles of [ALL, spelt])
      await one(permissions(...roles), ...[1, 2, 3, 4, 5, 6].map((at) => new RegExp(`CC-3${at - 1} \\(example ${at}\\)`)))
  })

  test('permits some examples: the findings say what to grant for the others', async () => {
    const said = await permissions('Calls.Initiate.All')
    assert.match(said[0] as string, /^ok: Calls\.Initiate\.All: they allow CC-30 \(example 1\)$/)
    assert.match(said[1] as string, /^warning: CC-31 .*refused; grant Calls\.AccessMedia\.All in/)
    assert.match(said[3] as string, /^warning: CC-33 .*grant Calls\.JoinGroupCall\.All and Calls\.AccessMedia\.All in/)
    assert.equal(said.length, 6)
  })

  test('permits none: other permissions are counted, not shown', async () => {
    await one(permissions('User.Read.All', 'Mail.Read'), /^fix: (?!.*Read).*2 other permissions.*; grant Calls\.Initiate/)
  })
})

describe('the cast', () => {
  const cast = loadCast()
  const check = (changes: Partial<typeof cast>, kind: 'attended' | 'unattended' = 'attended') => {
    const configuration = configurationWith({ cast: { ...cast, ...changes }, people: { kind } })
    return saidBy(checkCast, examination({ configuration }))
  }

  test('has everything', () => one(check({}), /^ok: people: 6, meetings: 3; at most 60 calls/))

  test('has people who do not answer', async () => {
    const said = (await check({}, 'unattended')).slice(1).map((line) => line.split(',')[0])
    assert.deepEqual(said, ['warning: CC-30 (example 1) cannot run', 'warning: CC-31 (example 2) cannot run'])
  })

  test('is judged by the examples of the pages that the run is held to', async () => {
    const { Telephone: _, ...people } = cast.people
    const graph = { baseUrl: 'https://graph.example', callsPath: '/v1.0/communications/calls' }
    const said = await saidBy(checkCast, examination({ configuration: configurationWith({ cast: { ...cast, people }, graph }) }))
    assert.deepEqual(said.slice(1), [
      'warning: CC-82 (example 9) does not apply; declare the person Telephone in the cast to have it judged',
      'warning: CC-82 (example 10) does not apply; declare the person Telephone in the cast to have it judged',
    ])
    assert.equal((await check({ people })).length, 1)
  })

  test('lacks meetings, the lobby or a media stack', async () => {
    const { channel } = cast.meetings
    assert.ok(channel)
    const said = await check({
      meetings: { channel: { ...channel, guests: null } },
      media: { ...cast.media, blob: { file: null, live: false } },
    })
    assert.deepEqual(
      said.slice(1).map((line) => line.replace(/ \(example \d\)/, '').split(' in the cast')[0]),
      [
        'warning: CC-31 is judged without established; declare media-live',
        'warning: CC-32 does not apply; declare the scheduled meeting',
        'warning: CC-33 does not apply; declare the scheduled meeting',
        'warning: CC-35 does not apply; declare lobby-held',
      ],
    )
  })
})

describe('the callback', () => {
  interface Parts {
    readonly url: string
    readonly listener: DoctorListener
    readonly fetch?: typeof real
    readonly addresses?: readonly string[]
    readonly graphElsewhere?: boolean
  }
  const check = ({ url, listener, fetch = real, addresses = ['203.0.113.1'], graphElsewhere = false }: Parts) => {
    const graph = { baseUrl: graphElsewhere ? 'https://graph.example' : 'http://127.0.0.1:1', callsPath: PATH }
    const configuration = configurationWith({ callback: { url, host: '127.0.0.1', port: 3979 }, graph })
    const lookup = async () => (addresses.length > 0 ? addresses : Promise.reject(new Error('ENOTFOUND')))
    return saidBy(checkCallback, { ...examination({ configuration, fetch, lookup }), listener })
  }
  /** A fetch that turns the public address into one of loopback, as a tunnel does. */
  const tunnel = (from: string, to: string) => (url: string, init: RequestInit) => fetch(url.replace(from, to), init)

  test('leads to the listener, whose path is given back afterwards', async () => {
    const { url, listener, paths } = await listening()
    await one(
      check({ url: `${url}/some/path`, listener }),
      /^ok: .*leads to 127\.0\.0\.1:3979, as far as can be seen from inside/,
    )
    assert.equal(paths.size, 0)
  })

  test('leads there through a name, which needs a public address where Graph is elsewhere', async () => {
    const { url, listener } = await listening()
    const parts = { url: 'https://bot.example/in', listener, fetch: tunnel('https://bot.example', url), graphElsewhere: true }
    await one(check(parts), /^ok: /)
    for (const address of ['10.1.2.3', '192.168.0.1', '172.31.0.1', '127.0.0.1', '::1', 'fd00::1'])
      await one(check({ ...parts, addresses: [address] }), /^warning: .*private network only/)
    await one(check({ ...parts, addresses: ['10.1.2.3', '2001:4860::1'] }), /^ok: /)
    await one(check({ ...parts, addresses: ['10.1.2.3'], graphElsewhere: false }), /^ok: /)
    await one(check({ ...parts, addresses: [] }), /^fix: .*does not resolve; correct BOT_CALLBACK_URL/)
  })

  test('loses the path on its way', async () => {
    const { url, listener } = await listening()
    await one(
      check({ url: 'https://bot.example/in', listener, fetch: tunnel('https://bot.example/in', url) }),
      /^fix: .*under another path; .*forward every path unchanged to 127\.0\.0\.1:3979/,
    )
  })

  test('loses the answer on its way back', async () => {
    const { url, listener } = await listening()
    for (const answer of [new Response('bad gateway', { status: 502 }), new Response('<html>')]) {
      const replacing = async (to: string, init: RequestInit) => {
        await fetch(to, init)
        return answer
      }
      await one(check({ url, listener, fetch: replacing }), /^fix: .*arrive, but the answer does not come back/)
    }
  })

  test('leads to something else, or nowhere', async () => {
    const { listener } = await listening()
    const { url } = await listening((_, response) => void response.writeHead(200).end('<html>'))
    await one(check({ url, listener }), /^fix: .*answered 200 by something else/)
    await one(check({ url, listener, fetch: failing('ECONNREFUSED') }), /^fix: .*nothing listens/)
    const own = { url, listener, fetch: failing('SELF_SIGNED_CERT_IN_CHAIN') }
    await one(check({ ...own, graphElsewhere: true }), /^fix: .*not trusted; .*public authority/)
    await one(check(own), /^fix: .*not trusted; .*GRAPH_CA_FILE/)
  })
})

describe('the people', () => {
  const asked: string[] = []
  const check = (people: Configuration['people'], status = 200, body: unknown = { deliveries: { idle: true } }) =>
    saidBy(
      checkPeople,
      examination({
        configuration: configurationWith({ people }),
        fetch: async (url, { headers }) => {
          asked.push(`${url} ${new Headers(headers).get('authorization')}`)
          return Response.json(body, { status })
        },
      }),
    )
  const control = { kind: 'control', url: 'http://127.0.0.1:5051', token: 'the-token' } as const

  test('are an operator, or unattended: nothing is asked', async () => {
    assert.match((await check({ kind: 'attended' })).join(), /^ok: an operator/)
    assert.match((await check({ kind: 'unattended' })).join(), /^ok: unattended/)
    assert.deepEqual(asked, [])
  })

  test('are played by a simulator that takes the token', async () => {
    assert.deepEqual(await check(control), ['ok: played by the simulator whose control API is at http://127.0.0.1:5051'])
    assert.deepEqual(asked, ['http://127.0.0.1:5051/status Bearer the-token'])
  })

  test('cannot be played: with a wrong token, or at an address where something else answers', async () => {
    const wrong =
      'fix: the control API at http://127.0.0.1:5051 refuses the token; write the one that the simulator prints to GRAPH_PEOPLE_TOKEN'
    assert.deepEqual(await check(control, 401), [wrong])
    for (const [status, body] of [
      [404, {}],
      [200, {}],
      [200, 'hello'],
    ] as const)
      assert.match(
        (await check(control, status, body)).join(),
        /^fix: POST .*\/status was answered \d+ by something else .* GRAPH_PEOPLE$/,
      )
  })
})

describe('calls of earlier runs', () => {
  const CALL = {
    ...{ file: '1-a.ndjson', requestId: 'r', callsPath: '/v1.0/communications/calls', callbackPath: '/canary' },
    token: 'own' as const,
  }
  const KNOWN: Leftover = { ...CALL, callId: 'c-1', at: '2026-01-01T10:00:00.000Z' }
  const LOST: Leftover = { ...CALL, callId: null, at: '2026-01-01T11:00:00.000Z' }
  interface Parts {
    readonly cleanUp?: boolean
    readonly token?: boolean
    readonly status?: number
    readonly unreadable?: Leftovers['unreadable']
  }
  async function check(calls: readonly Leftover[], { cleanUp = true, token = true, status = 204, unreadable = [] }: Parts = {}) {
    const settled: (readonly [Leftover, string])[] = []
    const earlierRuns = () => ({ calls, unreadable, settle: (call: Leftover, how: string) => void settled.push([call, how]) })
    const made = examination({ earlierRuns, cleanUp, fetch: async () => new Response(null, { status }) })
    return {
      said: await saidBy(checkLeftovers, { ...made, ...(token && { token: { bearer: 'canary', roles: null } }) }),
      settled,
    }
  }

  test('none', async () => assert.deepEqual(await check([]), { said: ['ok: left no call'], settled: [] }))

  test('are listed, and hung up only on request', async () => {
    const { said, settled } = await check([KNOWN, { ...KNOWN, at: '2026-01-01T09:00:00.000Z' }, LOST], { cleanUp: false })
    const command = 'hang up with npm run doctor -- --clean-up'
    assert.equal(said[0], `fix: 2 calls of earlier runs, since 2026-01-01T09:00:00.000Z, may still be there; ${command}`)
    assert.match(said[1] as string, /^warning: .*11:00.*may exist and cannot be ended by us/)
    assert.deepEqual([said.length, settled], [2, []])
  })

  test('are hung up; one that cannot be ended is reported once', async () => {
    const { said, settled } = await check([KNOWN, LOST])
    assert.match(said[0] as string, /^ok: Call c-1, left by an earlier run at .*, was hung up$/)
    assert.match(said[1] as string, /^warning: .*cannot be ended by us/)
    assert.deepEqual(settled, [
      [KNOWN, 'ended'],
      [LOST, 'reported'],
    ])
    assert.doesNotMatch(said.join(), /canary/)
  })

  test('stay listed when they cannot be hung up', async () => {
    const { said, settled } = await check([KNOWN], { status: 403 })
    assert.match(said[0] as string, /^fix: .*could not be hung up \(answered 403\); try again/)
    const without = await check([KNOWN, LOST], { token: false })
    assert.match(
      without.said[0] as string,
      /^fix: 1 call of .*, not hung up, because there is no token of this app; hang up with .* once there is one$/,
    )
    assert.deepEqual([settled, without.settled], [[], []])
  })

  test('may be in a journal that cannot be read', async () => {
    const unreadable = [{ file: 'x.ndjson', reason: '2 of its lines cannot be read' }]
    const { said } = await check([], { cleanUp: false, unreadable })
    assert.match(said.join(), /^warning: of the journal x\.ndjson: 2 of its lines cannot be read; .+$/)
  })

  test('have ended when Graph says so', async () => {
    const end = async (answer: () => Promise<unknown>, call = KNOWN) => {
      const [ended] = await endLeftovers(
        [call],
        () => ({ delete: answer }) as never,
        () => {},
      )
      return /\((.*)\)/.exec(ended?.text ?? '')?.[1] ?? ended?.outcome
    }
    const answered = (status: number, text = '', call = KNOWN) => end(async () => ({ status, text }), call)
    assert.equal(await answered(204), 'ended')
    assert.equal(await answered(404, '{"error":{"code":"8522"}}'), 'ended')
    const ofAnother = { ...KNOWN, token: 'other' } as const
    assert.equal(await answered(204, '', ofAnother), 'ended')
    assert.equal(await answered(404, '{"error":{"code":"8522"}}', ofAnother), 'unknown')
    assert.equal(await answered(404), 'answered 404')
    assert.equal(await answered(200), 'answered 200')
    assert.equal(await end(() => Promise.reject(new CouldNotRun('no answer'))), 'no answer')
    assert.equal(await end(() => Promise.reject(new NonConformance('500'))), '500')
    await assert.rejects(
      end(() => Promise.reject(new TypeError('x'))),
      TypeError,
    )
  })
})
