// One area of the tests: what it comes to, and how its processes are started.
import { type ChildProcess, spawn } from 'node:child_process'
import { PROJECT_ROOT } from '../support/contract/fixture'

export interface Failure {
  readonly title: string
  readonly detail: string
  /** The command that runs it alone. */
  readonly again: string
}

export interface Outcome {
  readonly passed: number
  readonly skipped: number
  readonly failures: readonly Failure[]
}

export interface Ended {
  /** Null when a signal ended the process. */
  readonly code: number | null
  /** Standard output and error together. */
  readonly output: string
}

const running = new Set<ChildProcess>()

/** Ends what still runs, so that no process is left behind. */
export function endAll(): void {
  for (const child of running) child.kill('SIGTERM')
}

/** Runs Node with arguments in the root of the project, and keeps what it writes. */
export function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    cwd: PROJECT_ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => {
      running.delete(child)
      resolve({ code, output })
    })
  })
}
