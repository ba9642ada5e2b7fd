// `npm run simulator -- --write-env FILE`: what is in the files, that a shell and .env read them alike, and that a run needs nothing else.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { after, before, describe, test } from 'mocha'
import { capabilitiesOf, loadCast } from '../../support/contract/cast'
import { CAPABILITIES } from '../../support/contract/requirements'
import { type Environment, readConfiguration } from '../../support/targets/tenant/config/configuration'
import { CommandRuns } from '../kit/command-runs'
import { freePort, isFree } from '../kit/loopback-https'
import { SimulatorHere, within } from '../kit/simulator-process'
import { type Standalone, serveSimulator } from '../kit/standalone'
import { NEEDS_MODES, NEEDS_SH, testUnless } from '../kit/unless'

const folder = mkdtempSync(join(tmpdir(), 'write env-'))
const file = join(folder, 'my settings.env')
const castFile = `${file}.cast.yaml`
const runs = new CommandRuns()
let simulator: Standalone

before(async () => {
  simulator = await serveSimulator('--speed', '100', '--write-env', file)
})
after(async () => {
  await simulator.stop()
  runs.remove()
  rmSync(folder, { recursive: true, force: true })
})

const read = () => parseEnv(readFileSync(file, 'utf8')) as Record<string, string>

/** The variables that a shell has once it has read the file, and did not have before. */
function inShell(): Record<string, string> {
  const print = `process.stdout.write(JSON.stringify(process.env))`
  const script = `set -a; . "$1"; set +a; exec "$2" -e '${print}'`
  const { stdout, stderr, status } = spawnSync('sh', ['-c', script, 'sh', file, process.execPath], { encoding: 'utf8', env: {} })
  assert.deepEqual([status, stderr], [0, ''])
  return Object.fromEntries(Object.entries(JSON.parse(stdout) as object).filter(([name]) => /^(GRAPH|BOT)_/.test(name)))
}

/** Runs some scenarios with these variables alone of ours. */
async function run(environment: Environment, ...args: string[]) {
  const state = { XDG_STATE_HOME: join(folder, 'state') }
  return runs.conformance(['--target', 'tenant', ...args], {
    environment: { ...environment, ...state },
    limits: { quietMs: 200, idleQuietMs: 20 },
  })
}

describe('the settings', () => {
  testUnless(NEEDS_MODES, 'are readable by this user alone, and mean the same to a shell and as .env', () => {
    assert.equal(simulator.announced.envFile, file)
    assert.deepEqual(
      [file, castFile].map((one) => statSync(one).mode & 0o777),
      [0o600, 0o600],
    )
    assert.deepEqual(inShell(), read())
  })

  test('are a whole configuration of this simulator, over https', () => {
    const { https, caFile, authority, openIdConfiguration, control, apps } = simulator.announced
    assert.ok(https?.startsWith('https://localhost:') && authority === https)
    const { graph, tenantId, clientId, credential, callback, people, openIdUrl, ...configuration } = readConfiguration(read())
    assert.deepEqual([graph.baseUrl, configuration.authorityUrl, openIdUrl], [https, https, openIdConfiguration])
    assert.equal(read().GRAPH_CA_FILE, caFile)
    const [bot] = apps
    assert.deepEqual([tenantId, clientId, credential], [bot?.tenantId, bot?.clientId, { kind: 'secret', secret: bot?.secret }])
    assert.deepEqual(people, { kind: 'control', ...control })
    assert.equal(callback.url, `http://127.0.0.1:${callback.port}/calls`)
    assert.equal(configuration.castFile, castFile)
  })

  test('have a cast that declares everything, as the documented one does', () => {
    const [cast, documented] = [loadCast(castFile), loadCast()]
    assert.deepEqual([...capabilitiesOf(cast)].sort(), [...CAPABILITIES].sort())
    const sets = ({ apps }: typeof cast) =>
      Object.fromEntries(Object.entries(apps).map(([name, app]) => [name, app.registered ? app : app.clientId]))
    assert.deepEqual(sets(cast), sets(documented))
    const places = ({ meetings }: typeof cast) =>
      Object.entries(meetings).map(([name, { coordinates, conferenceId, secondParticipant }]) => {
        return [name, coordinates, conferenceId, secondParticipant]
      })
    assert.deepEqual(places(cast), places(documented))
    assert.deepEqual([cast.people.John, cast.limits.maxCalls], [documented.people.John, 1000])
  })

  test('are not overwritten: a second start with the name ends with 3, and so does one where only the cast is in the way', async () => {
    const kept = readFileSync(file, 'utf8')
    const lonely = join(folder, 'lonely.env')
    writeFileSync(`${lonely}.cast.yaml`, 'mine')
    for (const [name, there] of [
      [file, file],
      [lonely, `${lonely}.cast.yaml`],
    ] as const) {
      const second = new SimulatorHere(['--json', '--write-env', name])
      assert.equal(await within(second.ended, 'it did not end'), 3)
      assert.equal(
        second.err,
        `--write-env: ${there} is there already, and a simulator that has ended did not write it as it is: remove it, or write another name.\n`,
      )
      assert.equal(second.out, '')
    }
    assert.equal(readFileSync(file, 'utf8'), kept)
    assert.equal(readFileSync(`${lonely}.cast.yaml`, 'utf8'), 'mine')
    assert.ok(!existsSync(lonely))
  })

  test('of a simulator that is gone are replaced, unless one of them was changed', async () => {
    const name = join(folder, 'gone.env')
    const files = [name, `${name}.cast.yaml`]
    const gone = spawnSync(process.execPath, ['-e', '']).pid
    const whole = [file, castFile].map((one) => readFileSync(one, 'utf8'))
    const left = whole.map((text) => text.replace(`by process ${process.pid} on`, `by process ${gone} on`))
    const leave = (...texts: readonly string[]) => files.forEach((one, at) => void writeFileSync(one, texts[at] ?? ''))
    const [settings = '', cast = ''] = left
    for (const [changed, texts] of [
      [files[0], [`${settings}MINE='1'\n`, cast]],
      [files[1], [settings, cast.replace('John', 'Jane')]],
      [files[0], [settings.replace(` on ${hostname()}, `, ' on another.machine, '), cast]],
      [files[0], [(whole[0] ?? '').replace(/started .*;/, 'started unknown;'), cast]],
    ] as const) {
      leave(...texts)
      const refused = new SimulatorHere(['--json', '--write-env', name])
      assert.equal(await within(refused.ended, 'it did not end'), 3)
      assert.ok(refused.err.startsWith(`--write-env: ${changed} is there already`), refused.err)
      assert.deepEqual(
        files.map((one) => readFileSync(one, 'utf8')),
        texts,
      )
    }
    leave(...left)
    const next = await serveSimulator('--write-env', name)
    assert.deepEqual(
      (parseEnv(readFileSync(name, 'utf8')) as Record<string, string>).GRAPH_PEOPLE_TOKEN,
      next.announced.control.token,
    )
    assert.match(readFileSync(`${name}.cast.yaml`, 'utf8'), new RegExp(`by process ${process.pid} on`))
    await next.stop()
  })

  testUnless(
    NEEDS_MODES,
    'that cannot be written, or whose path cannot be quoted, keep it from starting and leave nothing',
    async () => {
      const awkward = join(folder, `it's "here"`)
      mkdirSync(awkward)
      const leadsNowhere = join(folder, 'link.env')
      symlinkSync(join(folder, 'nothing'), leadsNowhere)
      for (const [name, says] of [
        [leadsNowhere, /link\.env is there already/],
        [
          join(folder, 'no-folder', 'x.env'),
          /cannot be written \(ENOENT\): name a file in a folder that this user may write to\.$/,
        ],
        [join(awkward, 'x.env'), /GRAPH_CAST would hold quotes .*: name a file in a folder without them\.$/],
      ] as const) {
        const port = await freePort()
        const process = new SimulatorHere(['--json', '--port', String(port), '--write-env', name])
        assert.equal(await within(process.ended, 'it did not end'), 3)
        assert.ok(await isFree(port), 'a start that fails closes the ports that it opened')
        assert.match(process.err.trim(), says)
        assert.equal(process.out, '')
      }
      assert.deepEqual(readdirSync(awkward), [])
      assert.ok(!existsSync(`${leadsNowhere}.cast.yaml`))
    },
  )

  test('are printed for a person, with the command that uses them', async () => {
    const process = new SimulatorHere(['--write-env', join(folder, 'printed.env')])
    await process.shows(/What happens/)
    assert.ok(
      process.out.includes(`set -a; . '${join(folder, 'printed.env')}'; set +a; npm run conformance -- --target tenant\n`),
    )
    assert.match(process.out, /John .*waits for the control API/)
    assert.equal(await process.stop(), 0)
  })
})

describe('a run against the simulator needs nothing else', () => {
  const chosen = ['CC-16', 'CC-17', 'CC-30', 'CC-35', 'CC-64']

  testUnless(NEEDS_SH, 'with the variables of a shell: permission sets, tokens, people and lobby are all there', async () => {
    const { code, out, err, verdict } = await run(inShell(), ...chosen.flatMap((id) => ['--requirement', id]))
    assert.equal(code, 0, out + err)
    const seen = verdict?.requirements
      .filter(({ id }) => chosen.includes(id))
      .map(({ id, outcome, partial }) => [id, outcome, partial])
    assert.deepEqual(
      seen,
      chosen.map((id) => [id, 'passed', false]),
    )
    assert.deepEqual([verdict?.target.baseUrl, verdict?.cleanup.left], [simulator.announced.https, []])
    assert.deepEqual(await simulator.control('calls'), { calls: [] })
  })
})
