// Whether a process of this machine has ended, by its number and the time at which it started.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** States of /proc/PID/stat in which a process is dead and only not yet collected (proc(5)). */
const DEAD = ['Z', 'X', 'x']

interface Seen {
  readonly dead: boolean
  readonly start: string | null
}

/**
 * When a process started, as a text to compare; null where the system does not say. On Linux the ticks since the machine started, with the
 * id of that start; elsewhere the time that `ps` prints, to the second.
 */
export function startOf(pid: number): string | null {
  return seen(pid).start
}

/** Whether a process that started then has ended; in doubt it has not. A number alone is not enough: the system uses it again. */
export function isOver(pid: number, start: string | null): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  if (!exists(pid)) return true
  const now = seen(pid)
  return now.dead || (start !== null && now.start !== null && now.start !== start)
}

/** A process of another user exists too: the system refuses the signal, with another error. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function seen(pid: number): Seen {
  if (process.platform === 'linux') return seenInProc(pid)
  if (process.platform === 'win32') return { dead: false, start: null }
  return { dead: false, start: saidByPs(pid) }
}

/** The name of the program, second in the line, may hold blanks and brackets: what follows the last bracket is read. */
function seenInProc(pid: number): Seen {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state = '', ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // Field 22 of the line; `rest` begins with field 4.
    const ticks = rest[18]
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return { dead: DEAD.includes(state), start: ticks === undefined ? null : `${boot} ${ticks}` }
  } catch {
    return { dead: false, start: null }
  }
}

function saidByPs(pid: number): string | null {
  try {
    const said = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return said.trim() || null
  } catch {
    return null
  }
}
