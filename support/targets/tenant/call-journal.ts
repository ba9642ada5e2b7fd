// The journal of calls: a request for a call is on disk before it is sent, so that the run after a killed one can end the call.
import { randomUUID } from 'node:crypto'
import { closeSync, constants, fdatasyncSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { HarnessError } from '../../contract/failures'
import { makeFolder } from '../../contract/folders'
import { isOver, startOf } from '../../contract/processes'
import type { Environment } from './config/configuration'

/** Whose calls they are. */
interface CallOwner {
  /** Root of Graph, without a slash at its end. */
  readonly baseUrl: string
  readonly tenantId: string
  readonly clientId: string
}

interface RunIdentity extends CallOwner {
  /** Id of the run. */
  readonly run: string
  readonly callsPath: string
}

/** How an entry is closed: the call has ended; it was never made; or it cannot be ended and this was reported. */
type Settlement = 'ended' | 'refused' | 'reported'

export interface CallJournal {
  /**
   * Writes to the disk that a request for a call follows. Returns the name of the entry.
   * @param token whose token the request has; `other`: not that of the owner
   * @throws HarnessError when it cannot be written: then nothing may be sent
   */
  intend(callbackPath: string, token?: 'own' | 'other'): string
  /** The call was made, under this id: also after the request was refused. */
  learned(requestId: string, callId: string): void
  /** @param status that of the answer that refused, where there was one */
  settled(requestId: string, how: Settlement, status?: number): void
  /** Removes the file when nothing is open in it; otherwise it stays for the next run. */
  close(): void
}

/** A call of a run whose process has ended, with no note that the call has ended. */
export interface Leftover {
  readonly file: string
  readonly requestId: string
  /** Null where the run ended before it learned the id: the call may exist. */
  readonly callId: string | null
  readonly callsPath: string
  readonly callbackPath: string
  /** Whose token the request had. To the owner, "Call not found" says nothing about the call of another application. */
  readonly token: 'own' | 'other'
  /** When the request was about to be sent, ISO 8601. */
  readonly at: string
}

export interface Leftovers {
  readonly calls: readonly Leftover[]
  /** Journals that may hold what cannot be read. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
}

/** Where journals are: below `XDG_STATE_HOME`, or `.local/state` in the home directory (XDG Base Directory Specification: a relative one does not count). */
export function callsFolder(environment: Environment = process.env): string {
  const state = environment.XDG_STATE_HOME ?? ''
  return path.join(path.isAbsolute(state) ? state : path.join(homedir(), '.local/state'), 'graph-calls-conformance', 'calls')
}

const text = z.string().min(1)
const intent = z.object({
  run: text,
  pid: z.number().int().positive(),
  pidStart: text.nullable(),
  baseUrl: text,
  callsPath: text,
  tenantId: text,
  clientId: text,
  callbackPath: text,
  requestId: text,
  token: z.literal('other').optional(),
  at: text,
})
const entry = z.union([
  intent,
  z.object({ requestId: text, callId: text }),
  z.object({ requestId: text, settled: z.enum(['ended', 'refused', 'reported']), status: z.number().optional() }),
])
type Intent = z.infer<typeof intent>
type Entry = z.infer<typeof entry>

/** Opens the journal of this process. Its file is made with the first call: a run that makes none leaves nothing. */
export function openCallJournal(identity: RunIdentity, folder: string = callsFolder()): CallJournal {
  const open = new Set<string>()
  const file = path.join(folder, `${process.pid}-${randomUUID()}.ndjson`)
  const owner = { ...identity, pid: process.pid, pidStart: startOf(process.pid) }
  let descriptor: number | null = null
  /** A lost line costs one request to Graph about a call that has ended; ending calls must not wait for a disk. */
  const append = (line: Entry) => {
    try {
      if (descriptor !== null) write(descriptor, line)
    } catch {}
  }
  return {
    intend: (callbackPath, token = 'own') => {
      const requestId = randomUUID()
      try {
        descriptor ??= make(file)
        write(descriptor, {
          ...owner,
          callbackPath,
          requestId,
          ...(token === 'other' && { token }),
          at: new Date().toISOString(),
        })
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        throw new HarnessError(
          `the journal of calls ${file} cannot be written (${code}): no call is made without it; let XDG_STATE_HOME name a folder that can be written`,
        )
      }
      open.add(requestId)
      return requestId
    },
    learned: (requestId, callId) => {
      open.add(requestId)
      append({ requestId, callId })
    },
    settled: (requestId, settled, status) => {
      open.delete(requestId)
      append({ requestId, settled, ...(status === undefined ? {} : { status }) })
    },
    close: () => {
      if (descriptor === null) return
      closeSync(descriptor)
      descriptor = null
      if (open.size === 0) remove(file)
    },
  }
}

/** Never opens an existing file: it belongs to another process. */
function make(file: string): number {
  makeFolder(path.dirname(file), 0o700)
  return openSync(file, 'ax', 0o600)
}

/** Begins with a line break: a line that a full disk cut off stays separate from the next one. */
function write(descriptor: number, line: Entry): void {
  const bytes = Buffer.from(`\n${JSON.stringify(line)}\n`)
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
  fdatasyncSync(descriptor)
}

/**
 * The calls of this owner that ended runs left. A run has ended when its process has. Leaves the journals of living processes and of other
 * owners out; removes those in which no call is open. Never throws because of the content of a journal.
 */
export function leftovers(owner: CallOwner, folder: string = callsFolder()): Leftovers {
  const calls: Leftover[] = []
  const unreadable: { file: string; reason: string }[] = []
  for (const file of journalsIn(folder)) {
    const { entries, fault } = readJournal(file)
    const first = entries.find((one): one is Intent => 'run' in one)
    // Before its first line is written nothing was sent; then only the name of the file has the process.
    const [pid, start] = first === undefined ? [Number.parseInt(path.basename(file), 10), null] : [first.pid, first.pidStart]
    if (!isOver(pid, start) || (first !== undefined && !isOwner(first, owner))) continue
    if (fault !== null) unreadable.push({ file, reason: fault })
    const open = openIn(entries)
    calls.push(...open.map((one) => leftover(file, one, entries)))
    if (open.length === 0 && fault === null) remove(file)
  }
  return { calls, unreadable }
}

/**
 * Notes what became of a leftover, and removes its journal when nothing else is open there. One that another run removed meanwhile needs no note.
 * @throws HarnessError when it cannot be noted
 */
export function settleLeftover({ file, requestId }: Leftover, how: Settlement): void {
  try {
    const descriptor = openSync(file, constants.O_WRONLY | constants.O_APPEND)
    try {
      write(descriptor, { requestId, settled: how })
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return
    throw new HarnessError(
      `the journal of calls ${file} cannot be written (${code}): a call that has ended may be reported again`,
    )
  }
  const { entries, fault } = readJournal(file)
  if (openIn(entries).length === 0 && fault === null) remove(file)
}

/** One that cannot be removed is read again next time, and nothing is lost. */
function remove(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {}
}

function leftover(file: string, { requestId, callsPath, callbackPath, token, at }: Intent, entries: readonly Entry[]): Leftover {
  const ids = entries.flatMap((one) => ('callId' in one && one.requestId === requestId ? [one.callId] : []))
  return { file, requestId, callId: ids.at(-1) ?? null, callsPath, callbackPath, token: token ?? 'own', at }
}

function openIn(entries: readonly Entry[]): readonly Intent[] {
  const settled = new Set<string>()
  for (const one of entries) {
    if ('settled' in one) settled.add(one.requestId)
    // A request that was refused made a call all the same.
    else settled.delete(one.requestId)
  }
  return entries.filter((one): one is Intent => 'run' in one && !settled.has(one.requestId))
}

function isOwner(left: CallOwner, right: CallOwner): boolean {
  return left.baseUrl === right.baseUrl && left.tenantId === right.tenantId && left.clientId === right.clientId
}

function journalsIn(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder).filter((name) => /^\d+-[\w-]+\.ndjson$/.test(name))
    return names.sort().map((name) => path.join(folder, name))
  } catch {
    return []
  }
}

/**
 * The lines of a journal, and why it may hold more than these; null when it does not. A line that was cut off is no reason: nothing was sent
 * after a torn intent, and a call stays open when the line that closes it is torn.
 */
function readJournal(file: string): { readonly entries: readonly Entry[]; readonly fault: string | null } {
  let written: string
  try {
    written = readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return { entries: [], fault: code === 'ENOENT' ? null : `it cannot be read (${code})` }
  }
  const lines = written.split('\n').filter((line) => line !== '')
  const read = lines.flatMap((line) => (isTorn(line) ? [] : [entry.safeParse(parsed(line))]))
  const strange = read.filter(({ success }) => !success).length
  return {
    entries: read.flatMap(({ data }) => data ?? []),
    fault: strange === 0 ? null : `${strange} of its lines are unknown`,
  }
}

function isTorn(line: string): boolean {
  return line.startsWith('{') && parsed(line) === undefined
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
