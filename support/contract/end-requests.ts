// Listens for what asks a command to end: signals, and the end of the npm process that started the command.
import { readFileSync } from 'node:fs'
import { sep } from 'node:path'
import { exists } from './processes'

/** On Windows Ctrl-Break and a closed console are signals too; nothing there can catch a SIGTERM of another process. */
const SIGNALS: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP'] : ['SIGINT', 'SIGTERM']

/** A terminal sends Ctrl-C to every process, and npm passes its own on: a request this soon after another is the same one. In milliseconds. */
const REPEATED_MS = 250

/** How often a command looks whether npm is still there, in milliseconds. */
const WATCH_MS = 250

/** Shells between npm and the command that are looked at. */
const SHELLS = 4

/**
 * Calls `act` for each request to end, with what asked: the name of a signal, or `the end of npm`. A Ctrl-C counts once, also when npm passes
 * it on; the end of npm counts only when nothing else asked before.
 */
export function onEndRequest(act: (by: string) => void): void {
  const direct = isScriptOfNpm()
  let last = Number.NEGATIVE_INFINITY
  let stopWatching = () => {}
  const asked = (by: string) => {
    stopWatching()
    const now = performance.now()
    if (direct && now - last < REPEATED_MS) return
    last = now
    act(by)
  }
  for (const signal of SIGNALS) process.on(signal, () => asked(signal))
  stopWatching = watchNpm(() => asked('the end of npm'))
}

/** Ends this process as SIGTERM does when npm has ended: for commands that leave nothing to tidy up. */
export function endWithNpm(): void {
  watchNpm(() => process.kill(process.pid, 'SIGTERM'))
}

/**
 * Calls `act` once when npm has ended. npm sends a signal to the script's shell alone. A shell that did not replace itself by the command
 * dies of it, and the command never hears of it. Only scripts of this package are watched: a script of another package may start the simulator and leave it running.
 * @returns stops watching
 */
function watchNpm(act: () => void): () => void {
  if (process.env.npm_lifecycle_event === undefined || process.env.npm_package_name !== 'graph-calls-conformance') return () => {}
  const parent = process.ppid
  const watched = (isScriptOfNpm() ? npmAbove(parent) : null) ?? parent
  // Process 1 adopts orphans; in a container it may be npm itself.
  const orphaned = parent === 1 && isScriptOfNpm() && !isNpm(parent)
  const timer = setInterval(() => {
    if (!orphaned && process.ppid === parent && exists(watched)) return
    clearInterval(timer)
    act()
  }, WATCH_MS).unref()
  return () => clearInterval(timer)
}

/** Whether the script that npm runs names the file that this process runs; npm's variables reach the processes that a script starts as well. */
function isScriptOfNpm(): boolean {
  const file = (process.argv[1] ?? '').split(sep).join('/')
  const words = (process.env.npm_lifecycle_script ?? '').split(/\s+/)
  return words.some((word) => word.endsWith('.ts') && file.endsWith(`/${word}`))
}

/** The id of the nearest npm process above; null where the system does not say (anything but Linux) or no process above is npm. */
function npmAbove(pid: number): number | null {
  for (let [above, level] = [pid, 0]; above > 0 && level <= SHELLS; level++) {
    if (isNpm(above)) return above
    above = parentOf(above)
  }
  return null
}

/** npm names itself "npm run SCRIPT"; before that it is node with a path that ends in npm or npm-cli.js. */
function isNpm(pid: number): boolean {
  return /^npm\b|\/npm(-cli\.js)?\0/.test(ofProcess(pid, 'cmdline'))
}

/** 0 where it is unknown. What follows the last bracket is read: the name of the program before it may hold blanks (proc(5)). */
function parentOf(pid: number): number {
  const stat = ofProcess(pid, 'stat')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0)
}

function ofProcess(pid: number, file: 'cmdline' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
