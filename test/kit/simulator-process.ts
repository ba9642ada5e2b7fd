// The standalone simulator for the tests of the command, in this process or its own: started with options, watched, asked, and ended.

import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loadDocumented } from '../../support/contract/documented'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import { isObject, type JsonObject } from '../../support/contract/json'
import { simulate } from '../../support/simulator/server/command'
import { PATIENCE_MS } from './patience'

/** How it is started: from its source here, from the built package elsewhere. */
interface Starting {
  readonly command: string
  readonly args: readonly string[]
  readonly folder: string
}

const FROM_SOURCE: Starting = {
  command: process.execPath,
  args: ['-r', 'ts-node/register/transpile-only', 'support/simulator/server/main.ts'],
  folder: PROJECT_ROOT,
}

export interface Announced {
  readonly http: string
  readonly https: string | null
  readonly callsPaths: readonly string[]
  readonly authority: string
  readonly openIdConfiguration: string
  readonly caFile: string | null
  readonly control: { readonly url: string; readonly token: string }
  readonly envFile: string | null
  readonly profile: string
  readonly apps: readonly {
    readonly name: string | null
    readonly clientId: string
    readonly tenantId: string
    readonly displayName: string
    readonly secret: string
    readonly permissions: readonly string[]
    readonly registered: boolean
  }[]
  readonly people: readonly { readonly name: string; readonly id: string; readonly displayName: string }[]
  readonly meetings: readonly {
    readonly name: string
    readonly threadId: string
    readonly messageId: string
    readonly tenantId: string
  }[]
  readonly faults: readonly JsonObject[]
}

/** A standalone simulator that was started with options, whether here or in a process of its own. */
export abstract class StartedSimulator {
  out = ''
  err = ''
  readonly #heard = new EventEmitter()
  /** The exit code; null when a signal ended its process. */
  abstract readonly ended: Promise<number | null>
  abstract signal(name: NodeJS.Signals): void

  protected hear(where: 'out' | 'err', text: string): void {
    this[where] += text
    this.#heard.emit('text')
  }

  /** Ends it as a build server does. */
  async stop(): Promise<number | null> {
    this.signal('SIGTERM')
    return within(this.ended, 'the simulator did not end')
  }

  /** Resolves as soon as the output fits. */
  async shows(pattern: RegExp, where: 'out' | 'err' = 'out'): Promise<void> {
    const found = new Promise<void>((resolve, reject) => {
      const look = () => pattern.test(this[where]) && resolve()
      this.#heard.on('text', look)
      look()
      void this.ended.then((code) => (pattern.test(this[where]) ? resolve() : reject(new Error(`it ended with ${code}`))))
    })
    await within(found, `nothing like ${pattern} came`).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.out}\n${this.err}`)
    })
  }

  /** The line that --json prints. */
  async announced(): Promise<Announced> {
    await this.shows(/\n/)
    return JSON.parse(this.out.slice(0, this.out.indexOf('\n'))) as Announced
  }
}

/** Any free ports, unless the options say otherwise. */
function withPorts(options: readonly string[]): readonly string[] {
  return [...['--port', '--control-port'].flatMap((option) => (options.includes(option) ? [] : [option, '0'])), ...options]
}

/** In a process of its own. */
export class SimulatorProcess extends StartedSimulator {
  readonly #child: ChildProcess
  readonly ended: Promise<number | null>

  constructor(options: readonly string[], { command, args, folder }: Starting = FROM_SOURCE) {
    super()
    this.#child = spawn(command, [...args, ...withPorts(options)], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child.stdout?.setEncoding('utf8').on('data', (text) => this.hear('out', text))
    this.#child.stderr?.setEncoding('utf8').on('data', (text) => this.hear('err', text))
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject).on('close', resolve)
    })
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }
}

/** In this process: the command is called as a function, its sockets and TLS are real. */
export class SimulatorHere extends StartedSimulator {
  readonly #controller = new AbortController()
  readonly ended: Promise<number | null>

  constructor(options: readonly string[]) {
    super()
    this.ended = simulate(withPorts(options), {
      print: (line) => this.hear('out', `${line}\n`),
      warn: (line) => this.hear('err', `${line}\n`),
      colours: false,
      signal: this.#controller.signal,
      graceMs: 100,
    })
  }

  signal(name: NodeJS.Signals): void {
    this.#controller.abort(name)
  }
}

export function within<T>(promise: Promise<T>, message: string): Promise<T> {
  let timer: NodeJS.Timeout
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), PATIENCE_MS)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** The page's first example calls John. */
const EXAMPLE = loadDocumented().examples.get(1)?.request as JsonObject
const JOHN = '112f7296-5fa4-42ca-bae8-6a692b15d4b8'

/** A bot that talks to an announced simulator over real HTTP: its callback, its token, its calls. */
export class ProcessBot {
  readonly states: string[] = []
  callback = ''
  readonly #server = createServer((request, response) => void this.#take(request, response))
  #notify: () => void = () => {}

  /** @param answers whether it answers what is posted to it, or hangs */
  constructor(
    readonly simulator: Announced,
    readonly answers = true,
  ) {}

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.callback = `http://localhost:${(this.#server.address() as AddressInfo).port}/calls`
    return this
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async token(): Promise<string> {
    const { clientId, tenantId, secret } = this.simulator.apps[0] as Announced['apps'][number]
    const scope = 'https://graph.microsoft.com/.default'
    const response = await fetch(`${this.simulator.http}/${tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret, scope }),
    })
    return String(((await response.json()) as JsonObject).access_token)
  }

  /** Calls a person by the name in the seed; returns the id of the call. */
  async call(name: string): Promise<string> {
    const { id = '', displayName = '' } = this.simulator.people.find((one) => one.name === name) ?? {}
    const call = { ...EXAMPLE, callbackUri: this.callback }
    const response = await fetch(`${this.simulator.http}${this.simulator.callsPaths[0]}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await this.token()}`, 'content-type': 'application/json' },
      body: JSON.stringify(call).replaceAll(JOHN, id).replaceAll('"John"', JSON.stringify(displayName)),
    })
    const body = (await response.json()) as JsonObject
    if (response.status !== 201) throw new Error(`no call was created: ${response.status} ${JSON.stringify(body)}`)
    return String(body.id)
  }

  /** Resolves once a notification said so. */
  hears(state: string): Promise<void> {
    const heard = new Promise<void>((resolve) => {
      this.#notify = () => this.states.includes(state) && resolve()
      this.#notify()
    })
    return within(heard, `no "${state}" came; only ${this.states.join(', ') || 'nothing'}`)
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { value } = JSON.parse(Buffer.concat(chunks).toString()) as { value: readonly JsonObject[] }
    for (const { resourceData } of value) this.states.push(isObject(resourceData) ? String(resourceData.state) : 'roster')
    if (this.answers) response.writeHead(202).end()
    this.#notify()
  }
}
