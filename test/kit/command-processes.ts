// Starts a command in a process of its own, for the tests of what only a process has: signals, kill -9, a full disk, an exit.
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import type { Environment } from '../../support/targets/tenant/config/configuration'
import { type Result, verdictIn } from './command-runs'

const TS_NODE = ['-r', require.resolve('ts-node/register/transpile-only')]

interface StartedCommand {
  readonly child: ChildProcess
  /** Once the process has ended; the code is null when a signal ended it. */
  readonly result: Promise<Result>
}

/** What a copy of the project needs; packages are shared with the real one. */
const PARTS = ['features', 'steps', 'support', 'fixtures', 'package.json', 'tsconfig.json']

export class CommandProcesses {
  readonly folder = mkdtempSync(join(tmpdir(), 'commands-'))
  readonly #project: string
  #runs = 0

  /** @param spoilt runs a copy of the project in which scenarios go wrong (spoilt.feature) */
  constructor({ spoilt } = { spoilt: false }) {
    this.#project = spoilt ? this.folder : PROJECT_ROOT
    if (!spoilt) return
    for (const part of [...PARTS, 'test/kit/spoilt.ts'])
      cpSync(join(PROJECT_ROOT, part), join(this.folder, part), { recursive: true, filter: (file) => !file.endsWith('.test.ts') })
    cpSync(join(PROJECT_ROOT, 'test/kit/spoilt.feature'), join(this.folder, 'features/spoilt.feature'))
    writeFileSync(join(this.folder, 'steps/spoilt.ts'), "import '../test/kit/spoilt'\n")
    symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(this.folder, 'node_modules'), 'junction')
  }

  /** @param before a program that starts the command, with its arguments; none unless given */
  start(
    command: 'conformance' | 'doctor',
    args: readonly string[],
    environment: Environment = {},
    before: readonly string[] = [],
  ) {
    const reports = join(this.folder, `reports-${this.#runs++}`)
    const options = command === 'conformance' ? ['--reports', reports] : []
    const script = join(this.#project, 'support/cli', `${command}.ts`)
    const [program = '', ...rest] = [...before, process.execPath, ...TS_NODE, script, ...options, ...args]
    const env = { ...process.env, TS_NODE_PROJECT: join(this.#project, 'tsconfig.json'), ...environment }
    const child = spawn(program, rest, { cwd: this.folder, env })
    return { child, result: resultOf(child, reports) } satisfies StartedCommand
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What a command has written and left once its process has ended. */
function resultOf(child: ChildProcess, reports: string): Promise<Result> {
  const texts = { out: '', err: '' }
  child.stdout?.on('data', (text) => {
    texts.out += text
  })
  child.stderr?.on('data', (text) => {
    texts.err += text
  })
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, ...texts, reports, verdict: verdictIn(reports) }))
  })
}
