// Serves the standalone simulator in this process, with its control API at hand; starts other programs that talk to it, as a person would.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import type { RequestFacts } from '../../support/simulator/runtime/journal'
import { PATIENCE_MS } from './patience'
import { type Announced, SimulatorHere } from './simulator-process'

export interface Entry {
  readonly kind: string
  readonly text: string
  readonly request?: RequestFacts
}

export interface Standalone {
  readonly announced: Announced
  /** One operation of the control API. Rejects with what it answers unless that is 200. */
  control(operation: string, params?: object): Promise<Record<string, unknown>>
  /** The journal, oldest first. */
  journal(): Promise<readonly Entry[]>
  /** Ends it as a build server does; its exit code. */
  stop(): Promise<number | null>
}

/** Programs of the tests reach loopback only, without any proxy of the machine. */
const ENVIRONMENT = { ...process.env, NO_PROXY: 'localhost,127.0.0.1', no_proxy: 'localhost,127.0.0.1' }

/** Serves the standalone simulator in this process, on any free ports: sockets and TLS are real. Rejects when it cannot start. */
export async function serveSimulator(...options: string[]): Promise<Standalone> {
  const simulator = new SimulatorHere(['--json', ...options])
  const announced = await simulator.announced()
  const control = async (operation: string, params: object = {}) => {
    const response = await fetch(`${announced.control.url}/${operation}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${announced.control.token}` },
      body: JSON.stringify(params),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${operation}: ${response.status} ${text}`)
    return JSON.parse(text) as Record<string, unknown>
  }
  const journal = async () => (await control('journal')).entries as readonly Entry[]
  return { announced, control, journal, stop: () => simulator.stop() }
}

export interface Program {
  readonly child: ChildProcess
  /** What it has printed, standard output and error together. */
  lines(): readonly string[]
  /** The first line that matches, once it is there. Rejects when the program ends without it. */
  line(pattern: RegExp): Promise<string>
  readonly ended: Promise<number | null>
}

/** Starts a program in the root of the project; it is ended where it hangs. */
export function startProgram(command: string, args: readonly string[], environment: NodeJS.ProcessEnv): Program {
  const child = spawn(command, args, { cwd: PROJECT_ROOT, env: { ...ENVIRONMENT, ...environment }, timeout: PATIENCE_MS })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      lines.push(line)
      child.emit('printed')
    })
  }
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const line = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = lines.find((one) => pattern.test(one))
      if (found !== undefined) return found
      const code = await Promise.race([once(child, 'printed').then(() => undefined), ended])
      if (code === undefined || lines.some((one) => pattern.test(one))) continue
      throw new Error(`it ended (${code}) without ${pattern}: ${lines.join('\n')}`)
    }
  }
  return { child, lines: () => [...lines], line, ended }
}
