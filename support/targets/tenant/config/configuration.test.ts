// Tests the configuration of a tenant target: what each variable gives, and that one error lists all problems by variable, without values.
import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'mocha'
import { selfSigned } from '../../../../test/kit/loopback-https'
import { PROJECT_ROOT } from '../../../contract/fixture'
import { type Configuration, ConfigurationError, loadEnvironment, readConfiguration } from './configuration'
import { SETTINGS } from './schema'

const TENANT = 'aa67bd4c-8475-432d-bd41-39f255720e0a'
const CLIENT = '2891555a-92ff-42e6-80fa-6e1300c6b5c6'
const folder = mkdtempSync(path.join(tmpdir(), 'configuration-'))
after(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string): string {
  const whole = path.join(folder, name)
  writeFileSync(whole, content)
  return whole
}

const CAST = file('cast.yaml', 'bot: { displayName: Bot }\n')

/** The least that a real tenant needs, and changes to it; undefined takes a variable away. */
function environment(changes: Record<string, string | undefined> = {}) {
  return {
    GRAPH_TENANT_ID: TENANT,
    GRAPH_CLIENT_ID: CLIENT,
    GRAPH_CLIENT_SECRET: 'canary-secret',
    GRAPH_CAST: CAST,
    BOT_CALLBACK_URL: 'https://bot.contoso.com/callback',
    GRAPH_ALLOW_TENANT: TENANT,
    ...changes,
  }
}

const read = (changes?: Record<string, string | undefined>): Configuration => readConfiguration(environment(changes))

/** The lines of the error. */
function errorLines(changes: Record<string, string | undefined>): string[] {
  try {
    readConfiguration(environment(changes))
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error))
    assert.equal(error.message.split('\n').length, error.problems.length)
    return error.message.split('\n')
  }
  return []
}

/** Asserts that the error has one line, of this variable and in these words. */
function refused(changes: Record<string, string | undefined>, variable: string, ...says: readonly RegExp[]): void {
  const lines = errorLines(changes)
  assert.equal(lines.length, 1, `${variable}: ${lines.join('\n') || 'no error'}`)
  assert.match(lines[0] as string, new RegExp(`^${variable.replace('.', '\\.')} .+; .+\\.$`))
  for (const part of says) assert.match(lines[0] as string, part)
}

test('what is not set has the documented default', () => {
  const { cast, ...rest } = read()
  assert.equal(cast.bot.displayName, 'Bot')
  assert.deepEqual(rest, {
    graph: { baseUrl: 'https://graph.microsoft.com', callsPath: '/beta/app/calls' },
    authorityUrl: 'https://login.microsoftonline.com',
    scope: 'https://graph.microsoft.com/.default',
    tenantId: TENANT,
    clientId: CLIENT,
    credential: { kind: 'secret', secret: 'canary-secret' },
    castFile: CAST,
    caFile: null,
    callback: { url: 'https://bot.contoso.com/callback', host: '127.0.0.1', port: 3979 },
    openIdUrl: 'https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration',
    audiences: [CLIENT],
    people: { kind: 'unattended' },
  })
})

test('a blank variable counts as unset', () => {
  assert.deepEqual(read({ GRAPH_BASE_URL: '', GRAPH_CA_FILE: ' ', GRAPH_PEOPLE: '', GRAPH_CLIENT_CERTIFICATE: '' }), read())
  refused({ GRAPH_TENANT_ID: ' ' }, 'GRAPH_TENANT_ID', /is not set/, /GUID/)
})

describe('a good value', () => {
  const LOCAL = { GRAPH_BASE_URL: 'http://127.0.0.1:4000', GRAPH_ALLOW_TENANT: undefined }
  const GOOD: readonly (readonly [Record<string, string | undefined>, (read: Configuration) => unknown, unknown])[] = [
    [
      { GRAPH_BASE_URL: 'https://gateway.contoso.com/graph//' },
      ({ graph }) => graph.baseUrl,
      'https://gateway.contoso.com/graph',
    ],
    [{ GRAPH_CALLS_PATH: '/v1.0/communications/calls/' }, ({ graph }) => graph.callsPath, '/v1.0/communications/calls'],
    [{ GRAPH_AUTHORITY_URL: 'https://LOCALHOST:8443/' }, ({ authorityUrl }) => authorityUrl, 'https://localhost:8443'],
    [{ GRAPH_TENANT_ID: TENANT.toUpperCase() }, ({ tenantId }) => tenantId, TENANT],
    [{ GRAPH_ALLOW_TENANT: TENANT.toUpperCase() }, ({ tenantId }) => tenantId, TENANT],
    [{ BOT_CALLBACK_URL: 'https://bot.contoso.com/' }, ({ callback }) => callback.url, 'https://bot.contoso.com'],
    [{ BOT_CALLBACK_LISTEN: '[::1]:3000' }, ({ callback }) => [callback.host, callback.port], ['::1', 3000]],
    [{ BOT_CALLBACK_LISTEN: 'localhost:65535' }, ({ callback }) => [callback.host, callback.port], ['localhost', 65_535]],
    [{ BOT_NOTIFICATION_AUDIENCE: 'https://api.contoso.com' }, ({ audiences }) => audiences, [CLIENT, 'https://api.contoso.com']],
    [{ BOT_NOTIFICATION_AUDIENCE: CLIENT }, ({ audiences }) => audiences, [CLIENT]],
    [{ GRAPH_PEOPLE: 'attended' }, ({ people }) => people, { kind: 'attended' }],
    [
      { GRAPH_PEOPLE: 'http://localhost:9/', GRAPH_PEOPLE_TOKEN: 't' },
      ({ people }) => people,
      { kind: 'control', url: 'http://localhost:9', token: 't' },
    ],
    [{ GRAPH_PEOPLE: 'unattended', GRAPH_PEOPLE_TOKEN: 't' }, ({ people }) => people, { kind: 'unattended' }],
    [{ HTTPS_PROXY: 'http://user:pass@proxy:3128', NO_PROXY: 'localhost,.contoso.com' }, ({ caFile }) => caFile, null],
    [LOCAL, ({ graph }) => graph.baseUrl, 'http://127.0.0.1:4000'],
    [{ ...LOCAL, BOT_CALLBACK_URL: 'http://[::1]:3979/x' }, ({ callback }) => callback.url, 'http://[::1]:3979/x'],
    [{ ...LOCAL, GRAPH_ALLOW_TENANT: 'another' }, ({ tenantId }) => tenantId, TENANT],
  ]
  for (const [changes, part, value] of GOOD) test(JSON.stringify(changes), () => assert.deepEqual(part(read(changes)), value))
})

describe('an invalid value is reported with the name of its variable and what to write', () => {
  const BAD: readonly (readonly [changes: Record<string, string | undefined>, variable: string, ...says: readonly RegExp[]])[] = [
    [{ GRAPH_BASE_URL: 'graph.microsoft.com' }, 'GRAPH_BASE_URL', /no web address/],
    [{ GRAPH_BASE_URL: 'https:graph.microsoft.com' }, 'GRAPH_BASE_URL', /no web address/],
    [{ GRAPH_BASE_URL: 'http://localhost.contoso.com' }, 'GRAPH_BASE_URL', /plain http/, /https:/],
    [{ GRAPH_BASE_URL: 'https://graph.microsoft.com/beta' }, 'GRAPH_BASE_URL', /version/, /GRAPH_CALLS_PATH/],
    [{ GRAPH_BASE_URL: 'https://canary:canary@graph.microsoft.com' }, 'GRAPH_BASE_URL', /credentials/],
    [{ GRAPH_BASE_URL: 'https://graph.microsoft.com?canary' }, 'GRAPH_BASE_URL', /query/],
    [{ GRAPH_CALLS_PATH: '/beta/calls' }, 'GRAPH_CALLS_PATH', /\/beta\/app\/calls, .*\/v1\.0\/communications\/calls/],
    [{ GRAPH_AUTHORITY_URL: `https://login.microsoftonline.com/${TENANT}` }, 'GRAPH_AUTHORITY_URL', /GRAPH_TENANT_ID/],
    [{ GRAPH_AUTHORITY_URL: 'http://localhost:80' }, 'GRAPH_AUTHORITY_URL', /plain http/],
    [{ GRAPH_SCOPE: 'Calls.Initiate.All' }, 'GRAPH_SCOPE', /\.default/],
    [{ GRAPH_TENANT_ID: 'contoso.onmicrosoft.com' }, 'GRAPH_TENANT_ID', /GUID/],
    [{ GRAPH_CLIENT_ID: undefined }, 'GRAPH_CLIENT_ID', /is not set/],
    [{ GRAPH_CLIENT_SECRET: undefined }, 'GRAPH_CLIENT_SECRET', /GRAPH_CLIENT_CERTIFICATE or GRAPH_FEDERATED_TOKEN_FILE/],
    [{ GRAPH_CLIENT_SECRET: 'canary ' }, 'GRAPH_CLIENT_SECRET', /white space/],
    [{ GRAPH_FEDERATED_TOKEN_FILE: CAST }, 'GRAPH_CLIENT_SECRET', /together with GRAPH_FEDERATED_TOKEN_FILE/, /one credential/],
    [{ GRAPH_CAST: undefined }, 'GRAPH_CAST', /is not set/],
    [{ GRAPH_CAST: path.join(folder, 'none.yaml') }, 'GRAPH_CAST', /none\.yaml: the file does not exist/],
    [{ GRAPH_CAST: file('bad.yaml', 'bot: { displayName: 7 }') }, 'GRAPH_CAST', /bad\.yaml: bot\.displayName/, /quotes/],
    [{ GRAPH_CA_FILE: path.join(folder, 'none.pem') }, 'GRAPH_CA_FILE', /does not exist/],
    [{ GRAPH_CA_FILE: CAST }, 'GRAPH_CA_FILE', /without a certificate/],
    [
      { GRAPH_CA_FILE: file('torn.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----') },
      'GRAPH_CA_FILE',
      /be read/,
    ],
    [{ BOT_CALLBACK_URL: undefined }, 'BOT_CALLBACK_URL', /is not set/],
    [{ BOT_CALLBACK_URL: 'http://bot.contoso.com' }, 'BOT_CALLBACK_URL', /plain http, which only loopback/],
    [{ BOT_CALLBACK_URL: 'https://localhost:3979' }, 'BOT_CALLBACK_URL', /loopback/, /tunnel/],
    [{ BOT_CALLBACK_URL: 'https://bot.contoso.com/c#x' }, 'BOT_CALLBACK_URL', /fragment/],
    ...['3979', '::1:3979', 'localhost', 'http://localhost:80', '[1]:80', '*:80'].map(
      (written) => [{ BOT_CALLBACK_LISTEN: written }, 'BOT_CALLBACK_LISTEN', /\[::1\]:3979/] as const,
    ),
    ...['localhost:0', 'localhost:65536'].map((w) => [{ BOT_CALLBACK_LISTEN: w }, 'BOT_CALLBACK_LISTEN', /1 to 65535/] as const),
    [{ BOT_NOTIFICATION_OPENID: 'http://127.0.0.1/keys' }, 'BOT_NOTIFICATION_OPENID', /plain http/],
    [{ GRAPH_PEOPLE: 'someone' }, 'GRAPH_PEOPLE', /attended, unattended/],
    [{ GRAPH_PEOPLE: 'http://contoso.com', GRAPH_PEOPLE_TOKEN: 'canary' }, 'GRAPH_PEOPLE', /loopback/],
    [{ GRAPH_PEOPLE: 'http://127.0.0.1:9' }, 'GRAPH_PEOPLE_TOKEN', /GRAPH_PEOPLE/],
    [{ GRAPH_ALLOW_TENANT: undefined }, 'GRAPH_ALLOW_TENANT', /is not set/, /people rung/],
    [{ GRAPH_ALLOW_TENANT: CLIENT }, 'GRAPH_ALLOW_TENANT', /is not GRAPH_TENANT_ID/],
    [{ HTTPS_PROXY: 'canary:canary@proxy:3128' }, 'HTTPS_PROXY', /http:\/\/host:port/],
    [{ https_proxy: 'socks5://canary@proxy' }, 'https_proxy', /no address of a proxy/],
    [{ HTTP_PROXY: 'http://canary:%zz@proxy:1' }, 'HTTP_PROXY', /percent-encoded/],
    [{ NO_PROXY: 'https://contoso.com' }, 'NO_PROXY', /host names only/],
    [{ GRAPH_TENAT_ID: TENANT }, 'GRAPH_TENAT_ID', /write GRAPH_TENANT_ID/],
    [{ GRAPH_CLEINT_SECRET: 'canary' }, 'GRAPH_CLEINT_SECRET', /write GRAPH_CLIENT_SECRET/],
    [{ BOT_CALLBACK_URI: 'x' }, 'BOT_CALLBACK_URI', /write BOT_CALLBACK_URL/],
    [{ graph_cast: 'x' }, 'graph_cast', /write GRAPH_CAST/],
  ]
  for (const [changes, variable, ...says] of BAD)
    test(JSON.stringify(changes).replaceAll(folder, ''), () => {
      refused(changes, variable, ...says)
      assert.doesNotMatch(errorLines(changes).join(), /canary/)
    })

  test('all at once', () => {
    const lines = errorLines({
      GRAPH_BASE_URL: 'moon',
      GRAPH_TENANT_ID: undefined,
      GRAPH_CLIENT_SECRET: undefined,
      GRAPH_CAST: file('two.yaml', 'bot: {}\npeople: { John: { id: x } }'),
      BOT_CALLBACK_LISTEN: 'x',
      GRAPH_SCOPPE: 'x',
    })
    assert.deepEqual(lines.map((line) => line.split(' ')[0]).sort(), [
      'BOT_CALLBACK_LISTEN',
      'GRAPH_BASE_URL',
      'GRAPH_CAST',
      'GRAPH_CAST',
      'GRAPH_CLIENT_SECRET',
      'GRAPH_SCOPPE',
      'GRAPH_TENANT_ID',
    ])
  })

  test('other variables with these prefixes are ignored', () => {
    read({ GRAPH_SOMETHING_ELSE: 'x', BOT_ID: 'x', GRAPH: 'x' })
  })
})

test('the variables that a cast names must be set, and are no slips', () => {
  const GRAPH_CAST = file(
    'apps.yaml',
    `bot: { displayName: Bot }
apps: { none: { clientId: ${CLIENT}, secretEnv: GRAPH_CLIENT_SECRET2, permissions: [] } }
tokens: { expired: { env: GRAPH_EXPIRED } }`,
  )
  const both = { GRAPH_CAST, GRAPH_CLIENT_SECRET2: 'canary', GRAPH_EXPIRED: 'canary' }
  assert.deepEqual(errorLines(both), [])
  refused({ ...both, GRAPH_CLIENT_SECRET2: '' }, 'GRAPH_CLIENT_SECRET2', /apps\.none\.secretEnv/)
  refused({ ...both, GRAPH_EXPIRED: undefined }, 'GRAPH_EXPIRED', /tokens\.expired\.env/)
})

describe('files with certificates and tokens', () => {
  let own: Awaited<ReturnType<typeof selfSigned>>
  let other: typeof own
  let expired: typeof own
  let elliptic: typeof own
  before(async () => {
    ;[own, other, elliptic] = [await selfSigned(), await selfSigned(), await selfSigned('ec')]
    expired = await selfSigned('rsa', -1, own.keys)
  })
  const certificate = (name: string, content: string) => ({
    GRAPH_CLIENT_SECRET: undefined,
    GRAPH_CLIENT_CERTIFICATE: file(name, content),
  })

  test('a certificate with its key, in any order and among others', () => {
    for (const content of [own.certificate + own.privateKey, own.privateKey + other.certificate + own.certificate]) {
      const { credential } = read(certificate('good.pem', content))
      assert.equal(credential.kind, 'certificate')
      assert.deepEqual(credential, {
        kind: 'certificate',
        file: path.join(folder, 'good.pem'),
        privateKey: createPrivateKey(own.privateKey).export({ type: 'pkcs8', format: 'pem' }),
        thumbprintSha256: new X509Certificate(own.certificate).fingerprint256.replaceAll(':', ''),
      })
    }
  })

  test('an authority', () => {
    assert.equal(read({ GRAPH_CA_FILE: file('ca.pem', own.certificate) }).caFile, path.join(folder, 'ca.pem'))
  })

  test('certificates and keys that do not match or cannot be used', () => {
    const encrypted = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' } as const
    const bad: readonly (readonly [content: string, says: RegExp])[] = [
      [own.certificate, /without a private key/],
      [own.privateKey, /without a certificate/],
      [own.privateKey + other.certificate, /do not belong together/],
      [own.certificate + createPrivateKey(own.privateKey).export(encrypted), /encrypted/],
      [expired.certificate + own.privateKey, /expired/],
      [own.certificate + elliptic.privateKey, /not RSA/],
      [`${own.certificate}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`, /cannot be read/],
      ['', /without a private key/],
    ]
    for (const [content, says] of bad) {
      refused(certificate('bad.pem', content), 'GRAPH_CLIENT_CERTIFICATE', says)
      assert.doesNotMatch(errorLines(certificate('bad.pem', content)).join(), /BEGIN|bad\.pem/)
    }
  })

  test('a key in place of the name of its file is not repeated', () => {
    const changes = { GRAPH_CLIENT_SECRET: undefined, GRAPH_CLIENT_CERTIFICATE: own.privateKey }
    refused(changes, 'GRAPH_CLIENT_CERTIFICATE', /content of a file/, /path/)
    assert.doesNotMatch(errorLines(changes).join(), /BEGIN/)
  })

  test('a federated token', () => {
    const token = { GRAPH_CLIENT_SECRET: undefined, GRAPH_FEDERATED_TOKEN_FILE: file('token', 'eyJ.a.b') }
    assert.deepEqual(read(token).credential, { kind: 'federated', file: path.join(folder, 'token') })
    refused({ ...token, GRAPH_FEDERATED_TOKEN_FILE: file('empty', '\n') }, 'GRAPH_FEDERATED_TOKEN_FILE', /empty/)
    refused({ ...token, GRAPH_FEDERATED_TOKEN_FILE: 'eyJhbGci.canary.x' }, 'GRAPH_FEDERATED_TOKEN_FILE', /content of a file/)
  })
})

describe('.env', () => {
  test('is read where it is, and the process wins', () => {
    writeFileSync(
      path.join(folder, '.env'),
      'GRAPH_TENANT_ID=from-file\nGRAPH_SCOPE="of the file" # why\nexport GRAPH_CAST=c.yaml\n',
    )
    assert.deepEqual(loadEnvironment(folder, { GRAPH_TENANT_ID: 'from-process', GRAPH_CA_FILE: '' }), {
      GRAPH_TENANT_ID: 'from-process',
      GRAPH_SCOPE: 'of the file',
      GRAPH_CAST: 'c.yaml',
      GRAPH_CA_FILE: '',
    })
  })

  test('may be missing; one that cannot be read is an error', () => {
    const other = path.join(folder, 'other')
    mkdirSync(other)
    assert.deepEqual(loadEnvironment(other, { A: 'b' }), { A: 'b' })
    mkdirSync(path.join(other, '.env'))
    assert.throws(() => loadEnvironment(other, {}), /^ConfigurationError: \.env cannot be read \(EISDIR\); .+\.$/)
  })
})

test('the guide has every variable that is read', () => {
  const guide = readFileSync(path.join(PROJECT_ROOT, 'docs/acceptance.md'), 'utf8')
  // The other spellings of the proxies are as usual.
  const proxies = ['https_proxy', 'http_proxy', 'no_proxy', 'HTTP_PROXY']
  const missing = Object.keys(SETTINGS).filter(
    (name) => !proxies.includes(name) && !new RegExp(`^\\| .*\`${name}\``, 'm').test(guide),
  )
  assert.deepEqual(missing, [])
})
