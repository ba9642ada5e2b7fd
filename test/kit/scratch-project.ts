// A copy of the project that tests may spoil, with scenarios that go wrong, and the commands run in it as a person would.
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import { resultOf } from './command-processes'
import type { Result } from './command-runs'

const PARTS = ['features', 'steps', 'support', 'fixtures', 'package.json', 'tsconfig.json']

export class ScratchProject {
  /** Packages are shared with the real project; nothing else is. */
  readonly folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  #runs = 0

  /** With scenarios that go wrong, unless they are in the way. */
  constructor({ spoilt } = { spoilt: true }) {
    for (const part of PARTS)
      cpSync(join(PROJECT_ROOT, part), join(this.folder, part), { recursive: true, filter: (file) => !file.endsWith('.test.ts') })
    symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(this.folder, 'node_modules'), 'junction')
    if (!spoilt) return
    mkdirSync(join(this.folder, 'test/kit'), { recursive: true })
    cpSync(join(PROJECT_ROOT, 'test/kit/spoilt.ts'), join(this.folder, 'test/kit/spoilt.ts'))
    cpSync(join(PROJECT_ROOT, 'test/kit/spoilt.feature'), join(this.folder, 'features/spoilt.feature'))
    writeFileSync(join(this.folder, 'steps/spoilt.ts'), "import '../test/kit/spoilt'\n")
  }

  /** A folder for reports that no other run uses. */
  newReports(): string {
    return `reports/${this.#runs++}`
  }

  conformance(...args: string[]): Promise<Result> {
    const reports = this.newReports()
    return this.finish(this.start('conformance', ['--reports', reports, ...args]), reports)
  }

  start(command: 'conformance', args: readonly string[]): ChildProcess {
    return spawn(process.execPath, ['-r', 'ts-node/register/transpile-only', `support/cli/${command}.ts`, ...args], {
      cwd: this.folder,
    })
  }

  finish(child: ChildProcess, reports: string): Promise<Result> {
    return resultOf(child, join(this.folder, reports))
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
