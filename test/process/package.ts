// `npm run test:package`: packs the simulator, installs the tarball in another project, and uses it there in every way it offers.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import { blocks } from '../docs/guide'
import { ProcessBot, SimulatorProcess } from '../kit/simulator-process'

const run = promisify(execFile)
const scratch = mkdtempSync(join(tmpdir(), 'package-'))
const project = join(scratch, 'project')

/** A bot's test on nock, which is cleaned in between, and with a second simulator beside it. */
const ON_NOCK = `
const assert = require('node:assert/strict')
const nock = require('nock')
const { createSimulator } = require('graph-calls-conformance')

const call = (callbackUri, { id, displayName }) => ({
  '@odata.type': '#microsoft.graph.call',
  callbackUri,
  targets: [{ '@odata.type': '#microsoft.graph.participantInfo', identity: { '@odata.type': '#microsoft.graph.identitySet',
    user: { '@odata.type': '#microsoft.graph.identity', displayName, id } } }],
  requestedModalities: ['audio'],
  mediaConfig: { '@odata.type': '#microsoft.graph.serviceHostedMediaConfig' },
})
const JOHN = { id: '112f7296-5fa4-42ca-bae8-6a692b15d4b8', displayName: 'John' }

async function token(fetch, { clientId, tenantId, secret }) {
  const response = await fetch('https://login.microsoftonline.com/' + tenantId + '/oauth2/v2.0/token', { method: 'POST', body: new URLSearchParams({
    grant_type: 'client_credentials', client_id: clientId, client_secret: secret, scope: 'https://graph.microsoft.com/.default' }) })
  return (await response.json()).access_token
}
async function create(fetch, simulator) {
  const response = await fetch('https://graph.microsoft.com/beta/app/calls', { method: 'POST',
    headers: { authorization: 'Bearer ' + await token(fetch, simulator.apps[0]), 'content-type': 'application/json' },
    body: JSON.stringify(call('https://bot.contoso.com/calls', JOHN)) })
  assert.equal(response.status, 201)
  return (await response.json()).id
}

async function main() {
  const simulator = await createSimulator()
  simulator.mountOnNock()
  const heard = []
  const listen = () => nock('https://bot.contoso.com').persist().post('/calls').reply(202, (_, body) => {
    heard.push(JSON.parse(JSON.stringify(body)).value[0].resourceData.state)
  })
  listen()
  await create(fetch, simulator)
  assert.ok(await simulator.until(() => heard.includes('established'), 60_000), 'not established: ' + heard)
  nock.cleanAll()
  listen()
  await create(fetch, simulator)
  assert.equal(simulator.calls().length, 2)

  const beside = await createSimulator({ ids: 'beside', people: 'manual', deliver: async () => new Response(null, { status: 202 }) })
  await beside.faults.arm({ fault: 'notification-member-missing', member: 'resourceData/state', messages: 1 })
  const id = await create(beside.fetch, beside)
  await beside.people.answer()
  await beside.idle()
  assert.deepEqual([beside.calls().map((one) => one.id), simulator.calls().length], [[id], 2])
  await beside.close()
  await simulator.close()
  console.log('done')
}
main()
`

const AS_MODULE = `
import { createSimulator, REAL_ORIGINS } from 'graph-calls-conformance'
import { mountOnNock } from 'graph-calls-conformance/nock'
const simulator = await createSimulator()
const mount = mountOnNock({ 'https://elsewhere.test': (request) => simulator.fetch(new Request(REAL_ORIGINS.graph + new URL(request.url).pathname)) })
console.log((await fetch('https://elsewhere.test/beta/app/calls/none')).status)
mount.unmount()
await simulator.close()
`

/** The rest of the guide's Kiota client: how it gets a token, and a call that it creates. */
const BY_KIOTA = `
async function token() {
  const [tenant, app] = ['aa67bd4c-8475-432d-bd41-39f255720e0a', '2891555a-92ff-42e6-80fa-6e1300c6b5c6']
  const form = { grant_type: 'client_credentials', client_id: app, client_secret: 'simulated-' + app, scope: 'https://graph.microsoft.com/.default' }
  const login = await fetch(new URL('/' + tenant + '/oauth2/v2.0/token', adapter.baseUrl), { method: 'POST', body: new URLSearchParams(form) })
  return (await login.json()).access_token
}
const call = {
  '@odata.type': '#microsoft.graph.call',
  callbackUri: 'https://bot.contoso.com/calls',
  targets: [{ identity: { user: { id: '112f7296-5fa4-42ca-bae8-6a692b15d4b8', displayName: 'John' } } }],
  requestedModalities: ['audio'],
  mediaConfig: { '@odata.type': '#microsoft.graph.serviceHostedMediaConfig' },
}
const request = new RequestInformation(HttpMethod.POST, '{+baseurl}/communications/calls', { baseurl: adapter.baseUrl })
request.setStreamContent(new TextEncoder().encode(JSON.stringify(call)).buffer, 'application/json')
const answer = await adapter.sendPrimitive(request, 'ArrayBuffer', undefined)
console.log(JSON.parse(new TextDecoder().decode(answer)).state)
`

const TYPED = `
import { createSimulator, type GraphSimulator, type JoinAddress, type JournalEntry, type Origins, readJoinAddress } from 'graph-calls-conformance'
import { type Mount, mountOnNock } from 'graph-calls-conformance/nock'

export async function use(): Promise<number> {
  const origins: Partial<Origins> = { graph: 'https://graph.test' }
  const simulator: GraphSimulator = await createSimulator({ people: 'manual', time: { speed: 10 }, origins })
  const mount: Mount = simulator.mountOnNock()
  await simulator.people.whenCalled({ person: 'John', does: 'is-busy', afterMs: 5 })
  const established: boolean = await simulator.until(() => simulator.calls().some(({ phase }) => phase === 'established'), 1_000)
  const entries: readonly JournalEntry[] = simulator.journal()
  const { addresses, port } = await simulator.listen({ tls: false })
  mount.unmount()
  mountOnNock({ [addresses.http]: async () => new Response(String(port)) }).unmount()
  const read: JoinAddress = readJoinAddress('https://teams.microsoft.com/meet/26?p=x')
  const passcode: string | null = read.kind === 'meeting-id' ? read.passcode : null
  // @ts-expect-error: only coordinates have a thread
  void [passcode, read.threadId]
  // @ts-expect-error: no such act when called
  await simulator.people.whenCalled({ person: 'John', does: 'sings' })
  // @ts-expect-error: there is no such option
  await createSimulator({ poeple: 'auto' })
  return established ? entries.length : await simulator.close()
}
`

const TYPES_SETTINGS = {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    types: ['node'],
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
  },
  files: ['typed.ts'],
}

/** The newest when this was written; the oldest are those of the devDependencies. */
const NEWEST_NODE_TYPES = '@types/node@26.6.6'
const KIOTA = '@microsoft/kiota-bundle@1.0.0-preview.109'

interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

const npm = (folder: string, ...args: string[]) =>
  run('npm', [...args, '--no-audit', '--no-fund'], { cwd: folder, maxBuffer: 1e8 })
const node = async (...args: string[]) => (await run(process.execPath, args, { cwd: project })).stdout.trim()
const compile = () => node('node_modules/typescript/bin/tsc')

async function pack(): Promise<Packed> {
  // Built before it is packed: what a build prints would stand before the JSON.
  await npm(PROJECT_ROOT, 'run', 'build')
  const { stdout } = await npm(PROJECT_ROOT, 'pack', '--json', '--ignore-scripts', '--pack-destination', scratch)
  return (JSON.parse(stdout) as [Packed])[0]
}

async function install({ filename }: Packed): Promise<void> {
  const { devDependencies } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>
  }
  mkdirSync(project)
  const files: Readonly<Record<string, string>> = {
    'package.json': JSON.stringify({ name: 'another-project', private: true }),
    'on-nock.cjs': ON_NOCK,
    'bot.test.cjs': blocks('Inside a test of Node', 'js').join('\n'),
    'as-module.mjs': AS_MODULE,
    'typed.ts': TYPED,
    'tsconfig.json': JSON.stringify(TYPES_SETTINGS),
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text)
  const tools = ['typescript', '@types/node'].map((name) => `${name}@${devDependencies[name]}`)
  await npm(project, 'install', '--prefer-offline', join(scratch, filename), ...tools, KIOTA)
}

async function started(...options: string[]): Promise<SimulatorProcess> {
  return new SimulatorProcess(['--json', ...options], {
    command: join(project, 'node_modules/.bin/graph-calls-simulator'),
    args: [],
    folder: project,
  })
}

const CHECKS: readonly (readonly [name: string, check: (packed: Packed) => Promise<void>])[] = [
  [
    'the tarball holds the simulator, its seed and its documents, and nothing else',
    async ({ files }) => {
      const paths = files.map(({ path }) => path)
      for (const wanted of [
        'README.md',
        'LICENSE',
        'NOTICE',
        'fixtures/world.yaml',
        'fixtures/2019-11/create-call/SHA256SUMS',
        'dist/simulator/index.d.ts',
      ])
        assert.ok(paths.includes(wanted), `${wanted} is missing`)
      assert.deepEqual(
        paths.filter(
          (path) =>
            !/^(bin|dist\/(simulator|net|contract)|docs|examples|package)\/|^fixtures\/(world\.yaml|2019-11\/create-call\/[\w.-]+)$|^[A-Za-z]+(\.\w+)?$/.test(
              path,
            ),
        ),
        [],
      )
    },
  ],
  [
    'a test on nock goes on after nock.cleanAll(), with two simulators at once',
    async () => assert.equal(await node('on-nock.cjs'), 'done'),
  ],
  ['an ES module imports it and its nock mount', async () => assert.equal(await node('as-module.mjs'), '401')],
  [
    'the test that the guide prints passes',
    async () => assert.match(await node('--test', '--test-reporter=tap', 'bot.test.cjs'), /^# pass 1$/m),
  ],
  [
    'a folder that is linked and not built says what to run, for the package and for the command',
    async () => {
      const [linked, another] = [join(scratch, 'linked'), join(scratch, 'another')]
      for (const part of ['package.json', 'package', 'bin'])
        cpSync(join(PROJECT_ROOT, part), join(linked, part), { recursive: true })
      mkdirSync(join(another, 'node_modules'), { recursive: true })
      symlinkSync(linked, join(another, 'node_modules/graph-calls-conformance'), 'junction')
      const sentence = /graph-calls-conformance is not built: dist is missing\. Run "npm ci && npm run build" in .*linked/
      const used = ["require('graph-calls-conformance')", "import('graph-calls-conformance/nock')"]
      for (const script of used) await assert.rejects(run(process.execPath, ['-e', script], { cwd: another }), sentence)
      await assert.rejects(run(process.execPath, [join(linked, 'bin/graph-calls-simulator.js')]), { code: 3, stderr: sentence })
    },
  ],
  ['TypeScript knows what it exports, its declarations included', async () => void (await compile())],
  [
    `the declarations compile with ${NEWEST_NODE_TYPES} too`,
    async () => {
      await npm(project, 'install', '--prefer-offline', '--no-save', NEWEST_NODE_TYPES)
      await compile()
    },
  ],
  [
    'the Kiota client that the guide prints creates a call',
    async () => {
      const simulator = await started()
      const { http } = await simulator.announced()
      const script = [...blocks('Clients made with Kiota', 'js'), BY_KIOTA].join('\n').replace('http://localhost:5050', http)
      writeFileSync(join(project, 'kiota.mjs'), script)
      const state = await node('kiota.mjs')
      await simulator.stop()
      assert.equal(state, 'establishing')
    },
  ],
  [
    'the command creates a call over HTTP, and SIGTERM ends it with 0',
    async () => {
      const simulator = await started()
      const bot = await new ProcessBot(await simulator.announced()).open()
      await bot.call('John')
      await bot.hears('established')
      bot.close()
      assert.equal(await simulator.stop(), 0)
      assert.equal(simulator.err, '')
    },
  ],
  [
    'the command serves https with its own authority',
    async () => {
      const simulator = await started('--tls')
      const { openIdConfiguration, caFile } = await simulator.announced()
      const script = `fetch(${JSON.stringify(openIdConfiguration)}).then(({ status }) => console.log(status))`
      const environment = { ...process.env, NODE_EXTRA_CA_CERTS: String(caFile) }
      const { stdout } = await run(process.execPath, ['-e', script], { env: environment })
      assert.equal(await simulator.stop(), 0)
      assert.equal(stdout.trim(), '200')
    },
  ],
]

async function main(): Promise<void> {
  process.env.XDG_CACHE_HOME = join(scratch, 'cache')
  const tally = { passed: 0, failed: 0 }
  try {
    const packed = await pack()
    await install(packed)
    for (const [name, check] of CHECKS) {
      const failure = await check(packed).then(
        () => null,
        (error: Error & { stdout?: string }) => `${error.message}\n${error.stdout ?? ''}`,
      )
      tally[failure === null ? 'passed' : 'failed']++
      console.log(failure === null ? `✓ ${name}` : `✗ ${name}\n${failure}`)
    }
  } catch (error) {
    tally.failed++
    console.log(`✗ the package could not be made and installed: ${(error as Error).message}`)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  console.log(`\n${tally.passed} passed, ${tally.failed} failed`)
  process.exitCode = tally.failed === 0 ? 0 : 1
}

void main()
