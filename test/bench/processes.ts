// Processes that are measured: run to their end, or serve until they are stopped.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import { USAGE_FILE, type Usage } from './usage'

export const TS_NODE = ['-r', 'ts-node/register/transpile-only']
const MEASURED = [...TS_NODE, '-r', './test/bench/usage.ts']

/** A process that did not do what it was started for: what it printed last says why. */
export class ProcessFailed extends Error {
  override readonly name = 'ProcessFailed'
}

const environment = (more: NodeJS.ProcessEnv = {}) => ({ ...process.env, NO_PROXY: 'localhost,127.0.0.1', ...more })
const lastOf = (text: string) => text.trim().split('\n').slice(-3).join(' ')

interface Ended {
  readonly wallMs: number
  readonly cpuMs: number
  readonly out: string
}

/** Runs a program of this project to its end. @throws ProcessFailed when it does not end with 0 */
export async function runToEnd(...args: readonly string[]): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    const file = join(folder, 'usage.json')
    const began = performance.now()
    const child = spawn(process.execPath, [...MEASURED, ...args], {
      cwd: PROJECT_ROOT,
      env: environment({ [USAGE_FILE]: file }),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let error = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      error += chunk
    })
    const [code] = await once(child, 'close')
    const wallMs = performance.now() - began
    if (code !== 0) throw new ProcessFailed(`${args.join(' ')} ended with ${code}: ${lastOf(error || out)}`)
    const { cpuUs } = JSON.parse(readFileSync(file, 'utf8')) as Usage
    return { wallMs, cpuMs: cpuUs / 1000, out }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A program that serves. */
export class Server {
  readonly #child: ChildProcess
  /** What it printed when it was ready. */
  readonly firstLine: string

  private constructor(child: ChildProcess, firstLine: string) {
    this.#child = child
    this.firstLine = firstLine
  }

  /**
   * @param measured whether it can be asked for its usage
   * @param ready what its line says when it serves
   * @throws ProcessFailed when it ends before
   */
  static async start(args: readonly string[], { measured = true, ready = /./ } = {}): Promise<Server> {
    const child = spawn(process.execPath, [...(measured ? MEASURED : []), ...args], {
      cwd: PROJECT_ROOT,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    let error = ''
    child.stderr?.on('data', (chunk) => {
      error += chunk
    })
    const lines = createInterface(child.stdout as NodeJS.ReadableStream)
    const found = new Promise<string>((resolve) => {
      lines.on('line', (line) => {
        if (ready.test(line)) resolve(line)
      })
    })
    const line = await Promise.race([found, once(child, 'close').then(() => null)])
    if (line === null) throw new ProcessFailed(`${args.join(' ')} did not start: ${lastOf(error)}`)
    return new Server(child, line)
  }

  /** Asks it something. */
  async ask<Answer>(what: string): Promise<Answer> {
    const answer = once(this.#child, 'message')
    this.#child.send(what)
    return (await answer)[0] as Answer
  }

  usage(): Promise<Usage> {
    return this.ask('usage')
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'close')
    this.#child.kill('SIGTERM')
    await ended
  }
}
