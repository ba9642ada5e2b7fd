// The workflows of the build server: their commands exist, and those of the acceptance run are run here, with the simulator as the tenant.
import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, describe, test } from 'mocha'
import { parse } from 'yaml'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import { type Standalone, serveSimulator } from '../kit/standalone'
import { FULL_ONLY, NEEDS_SH, testUnless } from '../kit/unless'
import { runScript } from './guide'

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly env?: Record<string, string>; readonly steps: readonly Step[] }>>
}
interface Step {
  readonly name?: string
  readonly run?: string
  readonly if?: string
}

const FOLDER = join(PROJECT_ROOT, '.github/workflows')
const workflows = readdirSync(FOLDER).map((name) => [name, parse(readFileSync(join(FOLDER, name), 'utf8')) as Workflow] as const)
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps)
const { scripts } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }

describe('each workflow', () => {
  for (const [name, workflow] of workflows)
    test(`runs scripts that exist: ${name}`, () => {
      const named = stepsOf(workflow).flatMap(({ run = '' }) =>
        [...run.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script ?? ''),
      )
      const missing = named.filter((script) => !Object.hasOwn(scripts, script))
      assert.deepEqual(missing, [])
      assert.ok(named.length > 0 || stepsOf(workflow).some(({ run }) => run === 'npm test'), 'it runs no script')
    })
})

describe('the acceptance workflow', () => {
  const folder = mkdtempSync(join(tmpdir(), 'acceptance-'))
  let simulator: Standalone | undefined
  after(async () => {
    await simulator?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const { jobs } = parse(readFileSync(join(FOLDER, 'acceptance.yml'), 'utf8')) as Workflow
  const job = jobs.stage ?? assert.fail('no job')
  const steps = job.steps.filter(({ name, run }) => run !== undefined && name !== 'Install')

  testUnless(
    NEEDS_SH || FULL_ONLY,
    'writes the configuration, asks the doctor, selects the stage, ends calls, and leaves no secret behind',
    async () => {
      simulator = await serveSimulator('--write-env', join(folder, 'given.env'), '--speed', '10')
      // The project as a runner checks it out, and a `docker` that only says what it was asked.
      const project = join(folder, 'project')
      const { code: made } = await runScript(`mkdir -p "${project}" "${folder}/bin"`, join(folder, 'made'), {})
      assert.equal(made, 0)
      for (const part of readdirSync(PROJECT_ROOT))
        if (part !== '.env') symlinkSync(join(PROJECT_ROOT, part), join(project, part))
      writeFileSync(join(folder, 'bin/docker'), '#!/bin/sh\necho "docker $*"\n')
      chmodSync(join(folder, 'bin/docker'), 0o755)
      const given = readFileSync(join(folder, 'given.env'), 'utf8').replace(/^GRAPH_(CAST|PEOPLE)=.*\n/gm, '')
      const environment: NodeJS.ProcessEnv = {
        PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`,
        XDG_STATE_HOME: folder,
        GRAPH_CAST: 'tenant.cast.yaml',
        GRAPH_PEOPLE: 'unattended',
        STAGE: 'refusals',
        TUNNEL_IMAGE: job.env?.TUNNEL_IMAGE,
        SETTINGS: given,
        CAST: readFileSync(join(folder, 'given.env.cast.yaml'), 'utf8'),
        PSEUDONYMISE: '--pseudonymise',
      }
      const printed: Record<string, string> = {}
      for (const { name = '', run = '' } of steps) {
        // `--list` reads every option, the configuration and the cast, and sends nothing.
        const script = `cd "${project}"\n${run.replace('npm run conformance --', 'npm run conformance -- --list')}`
        const { code, output } = await runScript(script, join(folder, 'step'), environment)
        assert.equal(code, 0, `${name}: ${output}`)
        printed[name] = output
      }
      assert.match(printed['Open the tunnel'] ?? '', /^docker run .* cloudflare\/cloudflared:[\d.]+ tunnel --no-autoupdate run$/m)
      assert.match(printed['Ask the doctor'] ?? '', /Ready for a run/)
      assert.match(printed['Run the scenarios'] ?? '', /^[1-9]\d* scenarios would run\.$[\s\S]*^No one would be rung\.$/m)
      assert.ok(!existsSync(join(project, '.env')) && !existsSync(join(project, 'tenant.cast.yaml')), 'settings or cast are left')
    },
  )

  test('ends calls, removes the settings and keeps the reports also after a failure', () => {
    const always = job.steps
      .filter((step) => step.if === 'always()')
      .map(({ name, ...step }) => name ?? (step as { uses?: string }).uses)
    assert.deepEqual(always, ['End every call that is left', 'Remove settings, cast and tunnel', 'actions/upload-artifact@v4'])
  })
})
