// A copy of the project that tests may spoil, with scenarios that go wrong, and the commands run in it as a person would.
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../support/contract/fixture'
import { type Verdict, verdictSchema } from '../support/contract/verdict'

export interface Result {
  readonly code: number | null
  readonly out: string
  readonly err: string
  readonly verdict: Verdict | null
  readonly reports: string
}

/** Starts a process as node's `spawn` does. */
export type Begin = (
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
) => ChildProcess

const PARTS = ['features', 'steps', 'support', 'fixtures', 'package.json', 'tsconfig.json']

export class ScratchProject {
  /** Packages are shared with the real project; nothing else is. */
  readonly folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  #runs = 0

  /** With scenarios that go wrong, unless they are in the way. */
  constructor({ spoilt } = { spoilt: true }) {
    for (const part of PARTS) cpSync(join(PROJECT_ROOT, part), join(this.folder, part), { recursive: true })
    symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(this.folder, 'node_modules'), 'junction')
    if (!spoilt) return
    mkdirSync(join(this.folder, 'test/fixtures'), { recursive: true })
    cpSync(join(PROJECT_ROOT, 'test/fixtures/spoilt.ts'), join(this.folder, 'test/fixtures/spoilt.ts'))
    cpSync(join(PROJECT_ROOT, 'test/fixtures/spoilt.feature'), join(this.folder, 'features/spoilt.feature'))
    writeFileSync(join(this.folder, 'steps/spoilt.ts'), "import '../test/fixtures/spoilt'\n")
  }

  /** A folder for reports that no other run uses. */
  newReports(): string {
    return `reports/${this.#runs++}`
  }

  conformance(...args: string[]): Promise<Result> {
    const reports = this.newReports()
    return this.finish(this.start('conformance', ['--reports', reports, ...args]), reports)
  }

  /** @param begin starts the process; node's own `spawn` unless a shell shall set limits before */
  start(
    command: 'conformance' | 'report' | 'doctor',
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
    begin: Begin = spawn,
  ): ChildProcess {
    return begin(process.execPath, ['-r', 'ts-node/register/transpile-only', `support/run/${command}.ts`, ...args], {
      cwd: this.folder,
      env: { ...process.env, ...environment },
    })
  }

  finish(child: ChildProcess, reports: string): Promise<Result> {
    let out = ''
    let err = ''
    child.stdout?.on('data', (text) => {
      out += text
    })
    child.stderr?.on('data', (text) => {
      err += text
    })
    return new Promise((resolve) => {
      child.on('close', (code) =>
        resolve({ code, out, err, reports: join(this.folder, reports), verdict: this.#verdict(reports) }),
      )
    })
  }

  #verdict(reports: string): Verdict | null {
    const file = join(this.folder, reports, 'verdict.json')
    return existsSync(file) ? verdictSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : null
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** The last line that a person reads. */
export function lastLine({ out }: Result): string {
  return out.trim().split('\n').at(-1) ?? ''
}
