// The local authority as strict clients see it, where it is kept and with which rights, and that it vouches for nothing but this machine and Graph's hosts.

import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { mock } from 'node:test'
import { promisify } from 'node:util'
import { after, afterEach, before, describe, test } from 'mocha'
import { describeUnless, FULL_ONLY, NEEDS_MODES, testUnless } from '../../../test/kit/unless'
import { PROJECT_ROOT } from '../../contract/fixture'
import { type Listener, listen } from '../../net/listener'
import { issueLeaf, type LocalAuthority, localAuthority, makeAuthority, removeAuthority } from './authority'

const run = promisify(execFile)
const folder = mkdtempSync(path.join(tmpdir(), 'authority-'))
after(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => mock.reset())

/** A sentence when a tool is not on this machine, which skips; else false. */
const without = (tool: string, ...args: string[]) =>
  spawnSync(tool, args).status === 0 ? false : `${tool} is not on this machine: nothing is said about it`

const NO_OPENSSL = without('openssl', 'version')
const NO_PYTHON = without('python3', '--version')
const NO_CURL = without('curl', '--version')

function inFile(name: string, text: string): string {
  const file = path.join(folder, name)
  writeFileSync(file, text)
  return file
}

/** What openssl says of a certificate under an authority, strictly. */
function verified(
  caFile: string,
  certificate: string,
  host = 'localhost',
): { readonly status: number | null; readonly text: string } {
  const args = ['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', host, '-CAfile', caFile, certificate]
  const { status, stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' })
  return { status, text: stdout + stderr }
}

let authority: LocalAuthority
let listener: Listener
before(async () => {
  authority = await localAuthority(path.join(folder, 'home'))
  const handle = async () => new Response('trusted')
  listener = await listen({
    host: '127.0.0.1',
    port: 0,
    handle,
    tls: authority.tls,
    onProblem: () => {},
    limits: { bodyBytes: 1_000 },
  })
})
after(() => listener.close(0))

describe('what is kept', () => {
  testUnless(NEEDS_MODES, 'has the certificate for everybody, and the key for its owner alone', () => {
    const home = path.dirname(authority.caFile)
    const modes = readdirSync(home).map((name) => [name, (statSync(path.join(home, name)).mode & 0o777).toString(8)])
    assert.deepEqual(Object.fromEntries(modes), { 'ca.pem': '644', 'ca-key.pem': '600' })
    assert.equal((statSync(home).mode & 0o777).toString(8), '700')
    assert.doesNotMatch(readFileSync(authority.caFile, 'utf8'), /PRIVATE/)
  })

  test('is the same next time, with a new certificate of the server', async () => {
    const again = await localAuthority(path.dirname(authority.caFile))
    assert.equal(new X509Certificate(again.tls.cert).issuer, new X509Certificate(authority.tls.cert).issuer)
    assert.notEqual(again.tls.cert, authority.tls.cert)
    assert.notEqual(again.tls.key, authority.tls.key)
  })

  for (const [what, spoil] of [
    ['a key that is garbage', (home: string) => writeFileSync(path.join(home, 'ca-key.pem'), 'garbage')],
    ['a certificate that is missing', (home: string) => rmSync(path.join(home, 'ca.pem'))],
    [
      'a certificate of another authority',
      async (home: string) => writeFileSync(path.join(home, 'ca.pem'), (await makeAuthority()).certificate),
    ],
    [
      'a key that does not belong to its certificate',
      async (home: string) => {
        const [one, other] = await Promise.all([makeAuthority(), makeAuthority()])
        writeFileSync(path.join(home, 'ca-key.pem'), `${one.key}\n${other.certificate}\n`)
        writeFileSync(path.join(home, 'ca.pem'), other.certificate)
      },
    ],
    [
      'a leaf in place of an authority',
      async (home: string) => {
        const { key, cert } = await issueLeaf(await makeAuthority())
        writeFileSync(path.join(home, 'ca-key.pem'), `${key}\n${cert}\n`)
        writeFileSync(path.join(home, 'ca.pem'), cert)
      },
    ],
  ] as const) {
    test(`and is ${what}, is made anew`, async () => {
      const home = mkdtempSync(path.join(folder, 'spoilt-'))
      const first = await localAuthority(home)
      await spoil(home)
      const second = await localAuthority(home)
      const [was, is] = [first, second].map(({ tls }) => new X509Certificate(tls.cert))
      assert.notEqual(is?.issuer, was?.issuer)
      const ca = new X509Certificate(readFileSync(second.caFile))
      assert.ok(is?.checkIssued(ca) && is.verify(ca.publicKey))
    })
  }

  test('and ends within a month, is made anew; with more time it stays', async () => {
    const home = mkdtempSync(path.join(folder, 'old-'))
    const first = new X509Certificate((await localAuthority(home)).tls.cert).issuer
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 334 * 86_400_000 })
    assert.equal(new X509Certificate((await localAuthority(home)).tls.cert).issuer, first)
    mock.timers.setTime(Date.now() + 2 * 86_400_000)
    assert.notEqual(new X509Certificate((await localAuthority(home)).tls.cert).issuer, first)
  })

  testUnless(
    FULL_ONLY,
    'is one, whichever of several processes comes first, and a lock that was left behind stops none of them',
    async () => {
      const home = mkdtempSync(path.join(folder, 'race-'))
      const lock = path.join(home, 'ca.lock')
      mkdirSync(lock)
      utimesSync(lock, 0, 0)
      const script = `require('./support/simulator/identity/authority').localAuthority(process.argv[1])
      .then(({ tls }) => console.log(JSON.stringify(tls.cert)))`
      const started = await Promise.all(
        [1, 2, 3].map(() =>
          run(process.execPath, ['-r', 'ts-node/register/transpile-only', '-e', script, home], { cwd: PROJECT_ROOT }),
        ),
      )
      const ca = new X509Certificate(readFileSync(path.join(home, 'ca.pem')))
      for (const { stdout } of started) assert.ok(new X509Certificate(JSON.parse(stdout)).verify(ca.publicKey))
      assert.deepEqual(readdirSync(home).sort(), ['ca-key.pem', 'ca.pem'])
    },
  )

  test('cannot be written: the error says what to set', async () => {
    const file = inFile('no-folder', '')
    await assert.rejects(localAuthority(path.join(file, 'below')), /set XDG_CACHE_HOME to a folder that can be written/)
  })

  test('is removed and named, and nothing else', async () => {
    const home = mkdtempSync(path.join(folder, 'removed-'))
    await localAuthority(home)
    writeFileSync(path.join(home, 'keys.json'), '{}')
    assert.deepEqual(removeAuthority(home), [path.join(home, 'ca.pem'), path.join(home, 'ca-key.pem')])
    assert.deepEqual(readdirSync(home), ['keys.json'])
    assert.deepEqual(removeAuthority(home), [])
  })
})

describeUnless(NO_OPENSSL, 'openssl, strictly,', () => {
  test('accepts the certificate for every name that a bot may use', () => {
    const leaf = inFile('leaf.pem', authority.tls.cert)
    for (const host of ['localhost', 'graph.microsoft.com', 'login.microsoftonline.com', 'api.aps.skype.com'])
      assert.deepEqual(verified(authority.caFile, leaf, host), { status: 0, text: `${leaf}: OK\n` })
    assert.match(verified(authority.caFile, leaf, 'example.com').text, /hostname mismatch/i)
  })

  test('refuses what the authority signs for any other host, because of its constraints', async () => {
    const issuer = await makeAuthority()
    const ca = inFile('constrained.pem', issuer.certificate)
    for (const host of ['example.com', 'microsoft.com', 'graph.microsoft.com.evil.example']) {
      const leaf = inFile('foreign.pem', (await issueLeaf(issuer, [host])).cert)
      assert.match(verified(ca, leaf, host).text, /permitted subtree violation/)
    }
    const own = inFile('own.pem', (await issueLeaf(issuer, ['localhost'])).cert)
    assert.equal(verified(ca, own).status, 0, 'and nothing else is wrong with such a certificate')
  })

  test('reads critical constraints, no authority below it, a year, and a week', () => {
    const shown = (file: string) => spawnSync('openssl', ['x509', '-noout', '-text', '-in', file], { encoding: 'utf8' }).stdout
    const ca = shown(authority.caFile)
    assert.match(ca, /Basic Constraints: critical\s+CA:TRUE, pathlen:0\s/)
    assert.match(ca, /Key Usage: critical\s+Certificate Sign, CRL Sign\s/)
    assert.match(ca, /Name Constraints: critical\s+Permitted:/)
    const days = (pem: string | Buffer) => {
      const { validFrom, validTo } = new X509Certificate(pem)
      return Math.round((Date.parse(validTo) - Date.parse(validFrom)) / 86_400_000)
    }
    assert.deepEqual([days(readFileSync(authority.caFile)), days(authority.tls.cert)], [366, 8], 'a day of each lies in the past')
  })
})

describe('a client that is given the authority', () => {
  test('is Node', async () => {
    const ca = readFileSync(authority.caFile)
    for (const servername of ['localhost', 'graph.microsoft.com', '']) {
      const text = await new Promise((resolve, reject) => {
        https
          .get({ host: '127.0.0.1', port: listener.port, ca, servername, agent: false }, async (response) => {
            resolve(String(await response.setEncoding('utf8').take(1).toArray()))
          })
          .on('error', reject)
      })
      assert.equal(text, 'trusted')
    }
    await assert.rejects(fetch(`https://localhost:${listener.port}/`), 'and without it no client trusts')
  })

  testUnless(NO_PYTHON, 'is Python, with the strictness that is its default from 3.13', async () => {
    const script = `import ssl, sys, urllib.request
context = ssl.create_default_context(cafile=sys.argv[1])
context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
print(urllib.request.urlopen(sys.argv[2], context=context).read().decode(), end='')`
    for (const host of ['localhost', '127.0.0.1']) {
      const url = `https://${host}:${listener.port}/`
      assert.equal((await run('python3', ['-c', script, authority.caFile, url])).stdout, 'trusted')
    }
  })

  testUnless(NO_CURL, 'is curl', async () => {
    const { port } = listener
    const url = `https://graph.microsoft.com:${port}/`
    const args = ['--silent', '--show-error', '--noproxy', '*', '--cacert', authority.caFile]
    const { stdout } = await run('curl', [...args, '--resolve', `graph.microsoft.com:${port}:127.0.0.1`, url])
    assert.equal(stdout, 'trusted')
  })
})
