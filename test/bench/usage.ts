// Loaded into a process that is measured: says how much processor time and memory it has used, when it is asked and at its end.
import { writeFileSync } from 'node:fs'

/** Since the process began; the heap after a collection where that can be asked for (`--expose-gc`). */
export interface Usage {
  readonly cpuUs: number
  readonly heapBytes: number
}

/** Names the file for the usage at the end. */
export const USAGE_FILE = 'BENCH_USAGE_FILE'

export function usage(): Usage {
  const { user, system } = process.cpuUsage()
  global.gc?.()
  return { cpuUs: user + system, heapBytes: process.memoryUsage().heapUsed }
}

process.on('message', (asked) => {
  if (asked === 'usage') process.send?.(usage())
})
// The process ends although it could be asked again.
process.channel?.unref()

const file = process.env[USAGE_FILE]
if (file !== undefined) process.on('exit', () => writeFileSync(file, JSON.stringify(usage())))
