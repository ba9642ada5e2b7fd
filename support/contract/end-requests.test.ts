// Commands under npm: SIGTERM and Ctrl-C end them as documented and leave no process behind, in every shell that npm may start them in.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'mocha'
import { type Announced, ProcessBot, within } from '../../test/kit/simulator-process'
import { describeUnless, FULL_ONLY, NEEDS_SIGNALS, testUnless } from '../../test/kit/unless'
import { PROJECT_ROOT } from './fixture'
import { verdictSchema } from './verdict'

let folder: string
const started = new Set<ChildProcess>()
const bots: ProcessBot[] = []

/** A script of package.json under npm, in a process group of its own as in a terminal. */
class Script {
  out = ''
  readonly child: ChildProcess
  /** npm has ended: its exit code and signal. */
  readonly npm: Promise<{ readonly code: number | null; readonly signal: string | null }>
  /** Every process that held the output has ended. */
  readonly all: Promise<void>

  constructor(shell: string, script: string, ...args: string[]) {
    this.child = spawn('npm', ['run', '-s', script, '--', ...args], {
      cwd: PROJECT_ROOT,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, npm_config_script_shell: join(folder, shell) },
    })
    started.add(this.child)
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (text) => {
        this.out += text
      })
    this.npm = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve({ code, signal })))
    this.all = new Promise((resolve) => this.child.once('close', () => resolve()))
  }

  async prints(pattern: RegExp): Promise<void> {
    const found = new Promise<void>((resolve) => {
      const look = () => pattern.test(this.out) && resolve()
      this.child.stdout?.on('data', look)
      this.child.stderr?.on('data', look)
      look()
    })
    const ended = this.all.then(() => assert.fail(`it ended without ${pattern}: ${this.out}`))
    await within(Promise.race([found, ended]), `nothing like ${pattern} came`)
  }

  terminate(): void {
    this.child.kill('SIGTERM')
  }

  /** What a terminal does: every process of the group receives the signal. */
  pressCtrlC(): void {
    process.kill(-(this.child.pid as number), 'SIGINT')
  }
}

const SHELL_FILES = {
  /** As bash and zsh do with their last command. */
  replaces: '#!/bin/sh\neval "exec $2"\n',
  /** As dash does: one process stays between npm and the command. */
  stays: '#!/bin/sh\nexec sh -c "$2; exit \\$?"\n',
  /** A wrapper around a shell that stays: two processes. */
  wraps: '#!/bin/sh\nsh -c "$2; exit \\$?"\nexit $?\n',
} as const

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'end-requests-'))
  for (const [name, text] of Object.entries(SHELL_FILES)) {
    writeFileSync(join(folder, name), text)
    chmodSync(join(folder, name), 0o700)
  }
})
after(() => {
  for (const bot of bots) bot.close()
  for (const { pid } of started) {
    try {
      process.kill(-(pid as number), 'SIGKILL')
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH')
    }
  }
  rmSync(folder, { recursive: true, force: true })
})

const simulator = (shell: string) =>
  new Script(shell, 'simulator', '--json', '--people', 'manual', '--port', '0', '--control-port', '0')

/** The simulator gives a post up after ten seconds. */
const GIVEN_UP_MS = 9_000

/**
 * Ends a simulator with a delivery that hangs, so that it has something to drop. Where the machine took so long that the delivery was given
 * up, it ended with nothing to say, and another one is tried.
 */
async function endBusySimulator(shell: string, end: (script: Script) => void): Promise<Script> {
  for (;;) {
    const script = simulator(shell)
    await script.prints(/\n/)
    const bot = await new ProcessBot(JSON.parse(script.out.slice(0, script.out.indexOf('\n'))) as Announced, false).open()
    bots.push(bot)
    const began = performance.now()
    await bot.call('John')
    await bot.hears('establishing')
    end(script)
    await within(script.all, 'a process is left')
    if (performance.now() - began < GIVEN_UP_MS) return script
  }
}

describeUnless(NEEDS_SIGNALS, 'under npm', () => {
  test('SIGTERM reaches the simulator although two shells stay between', async () => {
    const script = await endBusySimulator('wraps', (running) => running.terminate())
    assert.match(script.out, /^Ended by the end of npm: 1 notification was dropped/m)
  })

  test('SIGTERM ends a conformance run with a verdict although its shell stays', async () => {
    const reports = join(folder, 'reports')
    const script = new Script('stays', 'conformance', '--reports', reports)
    await script.prints(/\n/)
    script.terminate()
    await within(script.all, 'a process is left')
    const { outcome, aborted } = verdictSchema.parse(JSON.parse(readFileSync(join(reports, 'verdict.json'), 'utf8')))
    assert.deepEqual({ outcome, aborted }, { outcome: 'incomplete', aborted: true })
    assert.match(script.out, /^Incomplete\b/m)
  })

  testUnless(FULL_ONLY, 'SIGTERM ends the deviations and their workers although the shell stays', async () => {
    const script = new Script('stays', 'deviations', '--only', 'CC-22', '--workers', '2', '--reports', join(folder, 'deviations'))
    await script.prints(/ of \d+ tried/)
    script.terminate()
    await within(script.all, 'a process is left')
    assert.doesNotMatch(script.out, /deviations caught/)
  })

  testUnless(
    FULL_ONLY,
    'one Ctrl-C counts once, though npm passes it on, and npm has the exit code where the shell replaces itself',
    async () => {
      const script = await endBusySimulator('replaces', (running) => running.pressCtrlC())
      assert.match(script.out, /^Ended by SIGINT: 1 notification was dropped/m)
      assert.deepEqual(await script.npm, { code: 0, signal: null })
    },
  )
})
