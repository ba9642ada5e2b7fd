// What `npm run coverage` measures: the unit tests, or those named after `--`, and without names a conformance run as well.
import { spawnSync } from 'node:child_process'
import { PROJECT_ROOT } from '../support/contract/fixture'

const REQUIRE = ['-r', 'ts-node/register/transpile-only']

const tests = process.argv.slice(2)
const runs = [
  // Mocha adds the files of its configuration to those that are named.
  [
    require.resolve('mocha/bin/mocha.js'),
    ...(tests.length > 0 ? ['--no-config', ...REQUIRE, '--timeout', '120000', ...tests] : []),
  ],
  ...(tests.length > 0 ? [] : [[...REQUIRE, 'support/run/conformance.ts']]),
]
const statuses = runs.map((args) => spawnSync(process.execPath, args, { cwd: PROJECT_ROOT, stdio: 'inherit' }).status)
process.exitCode = statuses.every((status) => status === 0) ? 0 : 1
