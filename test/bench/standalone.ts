// The standalone simulator under load, beside a bare node:http server that does what any must: creates per second, their cost and delay.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import { isObject, type Json, type JsonObject } from '../../support/contract/json'
import { authorizationOf } from './authorization'
import { type Answers, CONNECTIONS, load } from './load'
import { createBody, peerToPeer } from './peer-to-peer'
import { ProcessFailed, Server } from './processes'
import { type Measurement, measured, median, type Result, type Row } from './row'

const BARE = 'a bare node:http server that posts the same notification'

const row = (id: string, what: string, better: Row['better'], target: number, stretch: number | null, baseline = BARE): Row => ({
  id,
  what,
  baseline,
  unit: 'times',
  better,
  target,
  stretch,
})

/** Rounds in which code is compiled: their figures do not count. */
const WARMING = 3
/** How long the last notifications of a load may take, in milliseconds. */
const TAIL_MS = 5_000

interface Round extends Answers {
  readonly cpuUs: number
}

export const standalone: Measurement = {
  rows: [
    row('standalone-create', `creates a second whose notification the bot took, ${CONNECTIONS} connections`, 'more', 0.4, 0.5),
    row('standalone-cpu', 'processor time of a create', 'less', 3.2, 2.2),
    row('standalone-p99', '99th percentile of the answers to creates', 'less', 3, 2),
    row(
      'versus-prism',
      'creates a second, notification included',
      'more',
      4,
      null,
      'Prism mocking the operation, without notification',
    ),
  ],
  measure: async ({ rounds, seconds, peers, progress }) => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'))
    const servers: Server[] = []
    const started = async (...args: Parameters<typeof Server.start>) => {
      const server = await Server.start(...args)
      servers.push(server)
      return server
    }
    try {
      const bot = await started(['test/bench/programs/bot.ts'])
      const bare = await started(['test/bench/programs/bare-server.ts'])
      const simulator = await started(['support/simulator/server/main.ts', ...SIMULATOR])
      const prism = peers ? prismCommand(folder) : null
      const peer = prism === null ? null : await started(prism, { measured: false, ready: /listening|Prism is/ })
      const world = await readWorld(simulator.firstLine)
      const body = createBody(`${bot.firstLine}/callback`)

      const one = async (server: Server, url: string, notified: boolean): Promise<Round> => {
        const [cpuBefore, countBefore] = [notified ? (await server.usage()).cpuUs : 0, await bot.ask<number>('count')]
        const answers = await load({ url, headers: world.headers, body, seconds })
        if (!notified) return { ...answers, cpuUs: 0 }
        // autocannon cuts the last requests off, which may be notified all the same.
        const missing = async () => countBefore + answers.count - (await bot.ask<number>('count'))
        for (let waited = 0; (await missing()) > 0; waited += 50) {
          if (waited > TAIL_MS) throw new ProcessFailed(`${await missing()} notifications never came`)
          await sleep(50)
        }
        return { ...answers, cpuUs: ((await server.usage()).cpuUs - cpuBefore) / answers.count }
      }

      const taken: Record<'bare' | 'simulator' | 'prism', Round[]> = { bare: [], simulator: [], prism: [] }
      for (let round = 1 - WARMING; round <= rounds; round++) {
        progress(round <= 0 ? 'load, warming up' : `load, round ${round} of ${rounds}`)
        const taking = {
          bare: await one(bare, bare.firstLine, true),
          simulator: await one(simulator, `${world.http}/beta/app/calls`, true),
          prism: peer === null ? null : await one(peer, `http://127.0.0.1:${PRISM_PORT}/app/calls`, false),
        }
        await world.control('reset')
        if (round <= 0) continue
        taken.bare.push(taking.bare)
        taken.simulator.push(taking.simulator)
        if (taking.prism !== null) taken.prism.push(taking.prism)
      }
      return resultsOf(taken, peers)
    } finally {
      await Promise.all(servers.map((server) => server.stop()))
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

function resultsOf(
  { bare, simulator, prism }: Readonly<Record<'bare' | 'simulator' | 'prism', readonly Round[]>>,
  peers: boolean,
): Readonly<Record<string, Result>> {
  const ratios = (of: (round: Round) => number, base: readonly Round[] = bare) =>
    simulator.map((round, at) => of(round) / of(base[at] as Round))
  const both = (of: (round: Round) => number, unit: string) =>
    `${Math.round(median(simulator.map(of)))} against ${Math.round(median(bare.map(of)))} ${unit}`
  const perSecond = ({ perSecond: of }: Round) => of
  const cpu = ({ cpuUs }: Round) => cpuUs
  const p99 = ({ p99Ms }: Round) => p99Ms
  return {
    'standalone-create': measured(ratios(perSecond), both(perSecond, 'a second')),
    'standalone-cpu': measured(ratios(cpu), both(cpu, 'microseconds')),
    'standalone-p99': measured(ratios(p99), both(p99, 'ms')),
    'versus-prism':
      prism.length > 0
        ? measured(ratios(perSecond, prism), `${Math.round(median(prism.map(perSecond)))} a second`)
        : { reason: peers ? `${PRISM} is not installed: npm install --no-save ${PRISM}` : 'measured with --peers' },
  }
}

const SIMULATOR = ['--port', '0', '--control-port', '0', '--people', 'manual', '--json']

/** What a load needs of the simulator. */
export interface World {
  readonly http: string
  /** With the bot's token. */
  readonly headers: Readonly<Record<string, string>>
  /** An operation of the control API. @throws ProcessFailed with its answer unless that is 200 */
  control(operation: string, params?: object): Promise<void>
}

/** @param announced what the simulator prints with --json */
export async function readWorld(announced: string): Promise<World> {
  const { http, authority, control, apps } = JSON.parse(announced) as {
    readonly http: string
    readonly authority: string
    readonly control: { readonly url: string; readonly token: string }
    readonly apps: Parameters<typeof authorizationOf>[2]
  }
  const authorization = await authorizationOf(fetch, authority, apps)
  return {
    http,
    headers: { authorization },
    control: async (operation, params = {}) => {
      const headers = { authorization: `Bearer ${control.token}` }
      const answer = await fetch(`${control.url}/${operation}`, { method: 'POST', headers, body: JSON.stringify(params) })
      const text = await answer.text()
      if (!answer.ok) throw new ProcessFailed(`${operation}: ${answer.status} ${text}`)
    },
  }
}

const PRISM = '@stoplight/prism-cli'
const PRISM_PORT = 4_010

/** A schema that a printed value has: its members with their types, all of them required. */
function schemaOf(value: Json): object {
  if (value === null) return { nullable: true }
  if (Array.isArray(value)) return { type: 'array', items: value[0] === undefined ? {} : schemaOf(value[0]) }
  if (!isObject(value)) return { type: typeof value }
  const properties = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, schemaOf(member)]))
  return { type: 'object', properties, required: Object.keys(value) }
}

/** Null where Prism is not installed. @param folder where the description of the operation is written */
function prismCommand(folder: string): readonly string[] | null {
  let manifest: string
  try {
    manifest = createRequire(join(PROJECT_ROOT, 'package.json')).resolve(`${PRISM}/package.json`)
  } catch {
    return null
  }
  const description = join(folder, 'create-call.json')
  writeFileSync(description, JSON.stringify(openApi()))
  return [join(manifest, '..', 'dist', 'index.js'), 'mock', '--port', String(PRISM_PORT), description]
}

/** The operation as Prism mocks it: it checks a create by the members that the page prints, and answers with the printed response. */
function openApi(): object {
  const { request, created } = peerToPeer()
  const json = (example: JsonObject) => ({ 'application/json': { schema: schemaOf(example), example } })
  const responses = { 201: { description: 'Created', content: json(created) } }
  const post = { requestBody: { required: true, content: json(request) }, responses }
  return { openapi: '3.0.3', info: { title: 'Create call', version: '2019-11' }, paths: { '/app/calls': { post } } }
}
