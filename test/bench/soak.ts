// Ten minutes of mixed traffic with faults at random, counted where the bot receives it: nothing lost, doubled or misordered, and no growth.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadDocumented } from '../../support/contract/documented'
import type { JsonObject } from '../../support/contract/json'
import { ProcessFailed, Server } from './processes'
import { receiver } from './receiver'
import { type Measurement, measured } from './row'
import { readWorld, type World } from './standalone'

/** Calls that live at once, each in the hands of one of so many loops. */
const TOGETHER = 16
/** People answer at once: a second of theirs is 17 ms. */
const SIMULATOR = ['--port', '0', '--control-port', '0', '--speed', '60', '--json']
/** How long a notification may take, in milliseconds. */
const LATE_MS = 15_000
/** How often a request is made again that a fault refuses. */
const MOST_TRIES = 100
/** How often a fault is armed, and the memory looked at, in milliseconds. */
const [FAULT_EVERY_MS, LOOK_EVERY_MS] = [250, 5_000]

/** Faults of answers that leave the notifications as they are: each is armed for one to three requests. */
const FAULTS: readonly (JsonObject & { readonly fault: string })[] = [
  { fault: 'throttle', retryAfter: 0 },
  { fault: 'server-error', status: 503 },
  { fault: 'unavailable', retryAfter: 0 },
  { fault: 'latency', ms: 6_000 },
  { fault: 'reset' },
  { fault: 'gateway-page' },
  { fault: 'access-token-refused' },
  { fault: 'response-member-unknown' },
]

interface Counts {
  calls: number
  requests: number
  refused: number
  notifications: number
  lost: number
  doubled: number
  misordered: number
}

/** The order of the states of a call. */
const ORDER = ['establishing', 'established', 'terminating', 'terminated']

/** What came for one call, at an address of its own. */
class Inbox {
  readonly states: string[] = []
  readonly bodies = new Set<string>()
  callId: string | null = null
  wake = () => {}
}

export const soak: Measurement = {
  rows: [
    {
      id: 'soak-memory',
      what: 'growth of the memory that is certain (95 %), in mixed traffic',
      baseline: null,
      unit: 'KiB a minute',
      better: 'less',
      target: 0,
      stretch: null,
    },
    {
      id: 'soak',
      what: 'notifications lost, doubled or misordered in mixed traffic with faults at random',
      baseline: null,
      unit: 'notifications',
      better: 'less',
      target: 0,
      stretch: null,
    },
  ],
  measure: async ({ soakSeconds, reports, progress }) => {
    const counts: Counts = { calls: 0, requests: 0, refused: 0, notifications: 0, lost: 0, doubled: 0, misordered: 0 }
    const armed: Record<string, number> = {}
    const heap: { readonly minute: number; readonly bytes: number }[] = []
    const simulator = await Server.start(['--expose-gc', 'support/simulator/server/main.ts', ...SIMULATOR])
    const bot = await listening(counts)
    try {
      const world = await readWorld(simulator.firstLine)
      const began = performance.now()
      const going = () => performance.now() - began < soakSeconds * 1000
      const every = async (ms: number, act: () => Promise<void>) => {
        for (let next = ms; going(); next += ms) {
          await sleep(Math.max(0, began + next - performance.now()))
          if (going()) await act()
        }
      }
      await Promise.all([
        ...Array.from({ length: TOGETHER }, async () => {
          while (going()) await oneCall(world, bot, counts)
        }),
        every(FAULT_EVERY_MS, async () => {
          const chosen = pick(FAULTS)
          armed[chosen.fault] = (armed[chosen.fault] ?? 0) + 1
          await world.control('arm', { ...chosen, messages: 1 + Math.floor(Math.random() * 3) })
        }),
        every(LOOK_EVERY_MS, async () => {
          const { heapBytes } = await simulator.usage()
          const minute = (performance.now() - began) / 60_000
          heap.push({ minute, bytes: heapBytes })
          progress(`soak, ${minute.toFixed(1)} minutes: ${counts.calls} calls, ${counts.notifications} notifications`)
        }),
      ])
      // What the warming up takes stays.
      const slope = slopeOf(heap.slice(Math.floor(heap.length / 4)))
      mkdirSync(reports, { recursive: true })
      const report = { at: new Date().toISOString(), seconds: soakSeconds, ...counts, armed, memory: { ...slope, samples: heap } }
      writeFileSync(join(reports, 'soak.json'), `${JSON.stringify(report, null, 2)}\n`)
      const wrong = counts.lost + counts.doubled + counts.misordered
      const detail = `${counts.calls} calls, ${counts.notifications} notifications, ${counts.refused} of ${counts.requests} requests refused`
      const [low, high] = [slope.low / 1024, slope.high / 1024]
      return {
        'soak-memory': { value: low, spread: [low, high], detail: 'the spread is the 95 % interval' },
        soak: measured([wrong], detail),
      }
    } finally {
      bot.close()
      await simulator.stop()
    }
  },
}

interface Bot {
  /** An address of its own for a call, and what comes there. */
  open(): { readonly address: string; readonly inbox: Inbox; close(): void }
  close(): void
}

async function listening(counts: Counts): Promise<Bot> {
  const inboxes = new Map<string, Inbox>()
  const { server, address } = await receiver((path, text) => {
    const inbox = inboxes.get(path)
    if (inbox !== undefined) take(inbox, text, counts)
  })
  let opened = 0
  return {
    open: () => {
      const path = `/${opened++}`
      const inbox = new Inbox()
      inboxes.set(path, inbox)
      return { address: address + path, inbox, close: () => void inboxes.delete(path) }
    },
    close: () => void server.close().closeAllConnections(),
  }
}

function take(inbox: Inbox, text: string, counts: Counts): void {
  counts.notifications++
  const { value } = JSON.parse(text) as { readonly value: readonly { readonly resourceData?: { state?: string; id?: string } }[] }
  const { state, id } = value[0]?.resourceData ?? {}
  if (state === undefined || id === undefined) {
    inbox.wake()
    return
  }
  if (inbox.states.includes(state)) counts.doubled++
  else if (inbox.states.some((before) => ORDER.indexOf(before) > ORDER.indexOf(state))) counts.misordered++
  inbox.states.push(state)
  inbox.callId = id
  inbox.wake()
}

const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(Math.random() * values.length)] as Value

/** A call from its creation to its end, with requests between. A request that a fault refuses is made again, as a bot does. */
async function oneCall(world: World, bot: Bot, counts: Counts): Promise<void> {
  const { examples } = loadDocumented()
  const example = examples.get(pick([1, 3]))
  if (example === undefined) throw new Error('an example is gone')
  const calls = `${world.http}/beta/app/calls`
  const { address, inbox, close } = bot.open()
  const ask = async (method: string, url: string, body?: JsonObject): Promise<number> => {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      counts.requests++
      const init = { method, headers: { ...world.headers, 'content-type': 'application/json' } }
      const response = await fetch(url, body === undefined ? init : { ...init, body: JSON.stringify(body) }).catch(() => null)
      await response?.arrayBuffer().catch(() => {})
      const status = response?.status ?? 0
      if (status !== 0 && status !== 401 && status !== 429 && status < 500) return status
      counts.refused++
      await sleep(5)
    }
    throw new ProcessFailed(`${method} ${url} was refused ${MOST_TRIES} times`)
  }
  try {
    const status = await ask('POST', calls, { ...example.request, callbackUri: address })
    if (status !== 201) throw new ProcessFailed(`a create was answered ${status}`)
    counts.calls++
    if (!(await comes(inbox, 'established'))) counts.lost++
    const own = `${calls}/${inbox.callId}`
    for (let more = Math.floor(Math.random() * 4); more > 0; more--)
      await pick([() => ask('GET', own), () => ask('POST', `${own}/mute`, {}), () => sleep(20)])()
    await ask('DELETE', own)
    if (!(await comes(inbox, 'terminated'))) counts.lost++
  } finally {
    close()
  }
}

/** Whether a state comes in time. */
async function comes(inbox: Inbox, state: string): Promise<boolean> {
  const deadline = performance.now() + LATE_MS
  while (!inbox.states.includes(state)) {
    const left = deadline - performance.now()
    if (left <= 0) return false
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, left)
      inbox.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
  return true
}

/** Least squares: the slope in bytes a minute, and its 95 % interval (normal; there are a hundred samples). */
export function slopeOf(samples: readonly { readonly minute: number; readonly bytes: number }[]) {
  const mean = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0) / of.length
  const [x, y] = [mean(samples.map(({ minute }) => minute)), mean(samples.map(({ bytes }) => bytes))]
  const spread = samples.reduce((sum, { minute }) => sum + (minute - x) ** 2, 0)
  const slope = samples.reduce((sum, { minute, bytes }) => sum + (minute - x) * (bytes - y), 0) / spread
  const residual = samples.reduce((sum, { minute, bytes }) => sum + (bytes - y - slope * (minute - x)) ** 2, 0)
  const error = 1.96 * Math.sqrt(residual / (samples.length - 2) / spread)
  return { slope, low: slope - error, high: slope + error }
}
