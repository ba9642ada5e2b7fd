// Whole runs that go wrong at the highest log level, before a Graph that repeats every secret it knows: no report, journal or line has one.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { after, before, describe, test } from 'mocha'
import { report } from '../../support/cli/report'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import { makeAllurePage } from '../../support/results/reports/allure-page'
import { noAllurePage } from '../kit/allure'
import { CommandProcesses } from '../kit/command-processes'
import { CommandRuns, type Result } from '../kit/command-runs'
import { disguises, type EchoingFront, openEchoingFront } from '../kit/echoing-front'
import { FAULT_FEATURES } from '../kit/faults-run'
import { filesIn, leaksIn, leaksInFolder } from '../kit/leak-search'
import { freePort, selfSigned } from '../kit/loopback-https'
import { type Standalone, serveSimulator } from '../kit/standalone'
import { FULL, FULL_ONLY, NEEDS_SIGNALS, testUnless } from '../kit/unless'

const runs = new CommandRuns()
const processes = new CommandProcesses()
const folder = mkdtempSync(join(tmpdir(), 'secrets-'))
let simulator: Standalone

const ORGANIZER = { Tid: 'aa67bd4c-8475-432d-bd41-39f255720e0a', Oid: '5810cede-f3cc-42eb-b2c1-e9bd5d53ec96' }
const PLANTED = {
  proxy: 'canaryProxyPassword7f3a',
  passcode: 'canaryPasscode7f3a',
  hint: 'canaryJoinHint7f3a',
  castToken: 'canaryTokenOfTheCast7f3a',
  basePath: 'canaryBasePath7f3a',
}
const ASSERTION = 'canary.Assertion/7f3a+of=the=platform'
const JOIN_URL = `https://teams.microsoft.com/l/meetup-join/${encodeURIComponent('19:meeting_Win6Ydo4wsMijFjZS00ZGVjLTk5MGUtOTRjNWY2NmNkYTFm@thread.v2')}/0?context=${encodeURIComponent(JSON.stringify(ORGANIZER))}&p=${PLANTED.passcode}&hint=${PLANTED.hint}`

const CAST = `
bot: { displayName: Calling Bot }
people:
  John: { id: 112f7296-5fa4-42ca-bae8-6a692b15d4b8, displayName: John }
guest: { id: d7a3b999-17ac-4bca-9e77-e6a730d2ec2e, displayName: Guest User }
meetings:
  channel: { threadId: "19:cbee7c1c860e465f8258e3cebf7bee0d@thread.skype", messageId: "1533758867081", organizer: { id: ${ORGANIZER.Oid}, tenantId: ${ORGANIZER.Tid} }, secondParticipant: John }
  scheduled: { joinUrl: "${JOIN_URL}", secondParticipant: John }
media: { prefetch: ["https://cdn.contoso.com/beep.wav?sig=${PLANTED.hint}"], blob: { live: true } }
tokens: { expired: { env: CAST_TOKEN } }
limits: { maxCalls: 60, answerWithinSeconds: 4 }
`

type Credential = 'GRAPH_CLIENT_SECRET' | 'GRAPH_CLIENT_CERTIFICATE' | 'GRAPH_FEDERATED_TOKEN_FILE'

interface Staged {
  readonly front: EchoingFront
  readonly environment: NodeJS.ProcessEnv
  /** The secrets by name: those configured, and those that the front received. */
  readonly secrets: () => ReadonlyMap<string, string>
}

before(async () => {
  simulator = await serveSimulator('--tls', '--people', 'auto', '--speed', '100')
  writeFileSync(join(folder, 'cast.yaml'), CAST)
  writeFileSync(join(folder, 'assertion'), ASSERTION)
  const { certificate, privateKey } = await selfSigned()
  writeFileSync(join(folder, 'bot.pem'), `${certificate}\n${privateKey}`)
})
after(async () => {
  await simulator.stop()
  runs.remove()
  processes.remove()
  rmSync(folder, { recursive: true, force: true })
})

async function stage(credential: Credential): Promise<Staged> {
  const { https, caFile, control, apps, openIdConfiguration } = simulator.announced
  const [app] = apps
  const key = readFileSync(join(folder, 'bot.pem'), 'utf8').split('\n').slice(-8, -3)
  const proofs: Readonly<Record<Credential, readonly string[]>> = {
    GRAPH_CLIENT_SECRET: [app?.secret as string],
    GRAPH_CLIENT_CERTIFICATE: [key.join('\n'), ...key],
    GRAPH_FEDERATED_TOKEN_FILE: [ASSERTION],
  }
  const configured = [...Object.values(PLANTED), JOIN_URL, control.token, ...proofs[credential]]
  const front = await openEchoingFront({ simulator: https as string, clientSecret: app?.secret as string, known: configured })
  const listen = `127.0.0.1:${await freePort()}`
  const written = {
    GRAPH_CLIENT_SECRET: app?.secret,
    GRAPH_CLIENT_CERTIFICATE: join(folder, 'bot.pem'),
    GRAPH_FEDERATED_TOKEN_FILE: join(folder, 'assertion'),
  }
  return {
    front,
    environment: {
      GRAPH_BASE_URL: front.origin,
      GRAPH_AUTHORITY_URL: front.origin,
      GRAPH_CA_FILE: caFile as string,
      GRAPH_TENANT_ID: app?.tenantId,
      GRAPH_CLIENT_ID: app?.clientId,
      [credential]: written[credential],
      GRAPH_CAST: join(folder, 'cast.yaml'),
      CAST_TOKEN: PLANTED.castToken,
      BOT_CALLBACK_URL: `${await front.callback(`http://${listen}`)}/${PLANTED.basePath}/in`,
      BOT_CALLBACK_LISTEN: listen,
      BOT_NOTIFICATION_OPENID: openIdConfiguration,
      GRAPH_PEOPLE: control.url,
      GRAPH_PEOPLE_TOKEN: control.token,
      HTTPS_PROXY: `http://bot:${PLANTED.proxy}@127.0.0.1:1`,
      XDG_STATE_HOME: mkdtempSync(join(folder, 'state-')),
    },
    secrets: () => {
      const values = new Map<string, string>(Object.entries(PLANTED).map(([name, value]) => [value, name]))
      values.set(control.token, 'control token')
      for (const proof of proofs[credential]) values.set(proof, credential)
      // Of a signed token its payload and its signature; the header is that of every other.
      for (const [value, name] of front.heard)
        for (const part of value.includes('.') && value.length > 200 ? value.split('.').slice(1) : [value])
          values.set(part.slice(0, 40), name)
      return values
    },
  }
}

const TENANT = ['--target', 'tenant', '--verbose']

async function run({ environment }: Staged, ...args: string[]): Promise<Result> {
  return runs.conformance([...TENANT, ...args], {
    environment,
    limits: { connectMs: 2_000, answerMs: 2_000, quietMs: 200, idleQuietMs: 20 },
    features: FAULT_FEATURES,
  })
}

/** Neither what the run printed nor what it left for others has a secret or a path of this machine. */
function assertDiscreet({ out, err, reports }: Result, { secrets, environment }: Staged): void {
  const values = secrets()
  assert.deepEqual(leaksIn(Buffer.from(out + err), values), [], 'the output')
  assert.deepEqual(leaksInFolder(reports, values), [])
  const machine = [PROJECT_ROOT, runs.folder, folder, homedir()].filter((path) => path.length > 1)
  assert.deepEqual(leaksInFolder(reports, new Map(machine.map((path) => [path, path]))), [])
  const elsewhere = new Map([...values].filter(([, name]) => name !== 'callback path' && name !== 'basePath'))
  assert.deepEqual(leaksInFolder(environment.XDG_STATE_HOME as string, elsewhere), [])
}

describe('the search of this test', () => {
  test('finds a value in every disguise, and in one inside another', () => {
    const values = new Map([['canarySearched7f3a', 'it']])
    for (const disguise of disguises('canarySearched7f3a').flatMap((one) => [one, ...disguises(one)]))
      assert.deepEqual(leaksIn(Buffer.from(`around ${disguise} it`), values), ['it'], disguise)
    // As the reviewer's page packs its evidence.
    const packed = deflateSync('evidence with canarySearched7f3a in it').toString('base64')
    assert.deepEqual(leaksIn(Buffer.from(`>${packed}<`), values), ['it'])
    assert.deepEqual(leaksIn(Buffer.from('around it'), values), [])
  })
})

describe('before a Graph that repeats every secret', () => {
  test('by secret: every kind of failure, and the Allure page', async () => {
    const staged = await stage('GRAPH_CLIENT_SECRET')
    const result = await run(staged, '--tags', '@CC-05 or @CC-30 or @CC-31 or @CC-32 or @CC-33 or @CC-34 or @CC-35')
    assert.ok((result.verdict?.counts.failed ?? 0) >= 6, result.out + result.err)
    const names = new Set(staged.front.heard.values())
    assert.deepEqual([...names].sort(), ['access token', 'callback path', 'client_secret', 'notification token'])
    // The page is made of the results that lie beside it, which are searched every time.
    await report(['--reports', result.reports], {
      out: () => {},
      error: () => {},
      allurePage: FULL ? makeAllurePage : noAllurePage,
    })
    assert.ok(filesIn(result.reports).length > 12, 'the run left few files')
    assertDiscreet(result, staged)
    // What was hidden has a name in its place, so that a reader knows what was there. A long echo is cut before it has shown all.
    const record = readFileSync(join(result.reports, 'messages.ndjson'), 'utf8')
    const marks = ['callback-path', 'client-secret', 'control-token', 'join-address', 'proxy-password']
    const shown = marks.filter((name) => record.includes(`[${name}]`))
    assert.ok(shown.length >= 2, `of the names only ${shown.join(', ') || 'none'} stands in the record`)
    assert.doesNotMatch(record, new RegExp(`"name":"host"|\\b${hostname()}\\b`))
  })

  for (const [credential, proof] of [
    ['GRAPH_CLIENT_CERTIFICATE', 'client_assertion'],
    ['GRAPH_FEDERATED_TOKEN_FILE', 'client_assertion'],
  ] as const) {
    testUnless(credential === 'GRAPH_CLIENT_CERTIFICATE' ? false : FULL_ONLY, `by ${credential}`, async () => {
      const staged = await stage(credential)
      const result = await run(staged, '--requirement', 'CC-30')
      assert.equal(result.code, 1, result.out + result.err)
      assert.ok([...staged.front.heard.values()].includes(proof))
      assertDiscreet(result, staged)
    })
  }

  testUnless(
    NEEDS_SIGNALS,
    'killed in the middle: record and journal have none, the callback path in the journal excepted',
    async () => {
      const staged = await stage('GRAPH_CLIENT_SECRET')
      const { child, result } = processes.start('conformance', [...TENANT, '--requirement', 'CC-32'], staged.environment)
      await staged.front.created
      child.kill('SIGKILL')
      assert.equal(filesIn(staged.environment.XDG_STATE_HOME as string).length, 1, 'it left no journal')
      assertDiscreet(await result, staged)
    },
  )
})
