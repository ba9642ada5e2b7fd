// A copy of the project that tests may spoil, with scenarios that go wrong, and the commands run in it as a person would.
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../support/contract/fixture'
import { type Verdict, verdictSchema } from '../support/contract/verdict'

const SPOILT_FEATURE = `Feature: Spoilt on purpose
  @CC-01 @spoilt
  Scenario: an undefined step
    Given nobody has written this
  @CC-01 @spoilt
  Scenario: an ambiguous step
    Given two readings
  @CC-01 @spoilt
  Scenario: a pending step
    Given something to come
  @CC-01 @spoilt @failing-hook
  Scenario: a failing hook
    Given something in order
  @CC-01 @spoilt
  Scenario: a bug in a step
    Given a bug
  @CC-01 @spoilt
  Scenario: a failing assertion
    Given an assertion that fails
  @CC-01 @spoilt
  Scenario: a skipped step
    Given a step that skips
  @CC-01 @spoilt
  Scenario: without steps
  @CC-01 @slow
  Scenario: a long wait
    Given a long wait
  @CC-01 @slow
  Scenario: after the long wait
    Given something in order
`

const SPOILT_STEPS = `// Steps that go wrong, for the tests of the command.
import assert from 'node:assert/strict'
import { After, Given } from '@cucumber/cucumber'
import { interruption } from '../support/scenario/interruption'
Given('two readings', () => {})
Given(/two (.*)/, (_: string) => {})
Given('something to come', () => 'pending')
Given('something in order', () => {})
Given('a step that skips', () => 'skipped')
Given('a bug', () => { (undefined as unknown as { member: string }).member.trim() })
Given('an assertion that fails', () => { assert.equal('came', 'documented') })
Given('a long wait', async () => {
  console.error('waiting')
  await new Promise((_, reject) => { setTimeout(reject, 60_000); interruption.addEventListener('abort', () => reject(interruption.reason)) })
})
After({ tags: '@failing-hook', name: 'Tidy up' }, () => { throw new Error('nothing to tidy') })
`

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
    writeFileSync(join(this.folder, 'features/spoilt.feature'), SPOILT_FEATURE)
    writeFileSync(join(this.folder, 'steps/spoilt.ts'), SPOILT_STEPS)
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
