// What `npm run simulator` does, and `graph-calls-simulator` where it is installed: serves Graph, its token service and the people in a call.

import { UsageError } from '../../contract/command-line'
import { readServeOptions } from './options'
import type { Running, Terminal } from './start'

/** Exit codes of the contract: ended by a signal or the control API; could not start. */
const EXIT = { ended: 0, unusable: 3 } as const

/** How long requests and deliveries under way may take once the simulator has to end, in milliseconds. */
const GRACE_MS = 3_000

interface Surroundings extends Terminal {
  /** Ends the simulator; its reason names what did, for example SIGTERM. */
  readonly signal: AbortSignal
  readonly graceMs?: number
}

/**
 * Runs the simulator with the arguments after the command's name, until the signal is aborted or the control API ends it.
 * @returns the exit code of the contract; why it could not start is written with `warn`
 */
export async function simulate(args: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    const options = readServeOptions(args, (text) => surroundings.print(text.trimEnd()))
    if (options === null) return EXIT.ended
    if (options.removeCa) return removeCa(surroundings)
    const { signal, warn, graceMs = GRACE_MS } = surroundings
    let end: (why: string) => void = () => {}
    const ending = new Promise<string>((resolve) => {
      end = resolve
    })
    if (signal.aborted) end(String(signal.reason))
    signal.addEventListener('abort', () => end(String(signal.reason)), { once: true })
    // Only now: a mistyped option or a call for help needs none of this.
    const { start } = require('./start') as typeof import('./start')
    const running: Running = await start(options, surroundings, () => end('the control API'))
    const why = await ending
    const dropped = await running.end(graceMs)
    if (dropped > 0)
      warn(`Ended by ${why}: ${dropped} notification${dropped === 1 ? ' was' : 's were'} dropped, still not delivered.`)
    return EXIT.ended
  } catch (error) {
    const { message, stack } = error as Error
    const text = error instanceof UsageError ? message : `The simulator could not start: ${message}`
    surroundings.warn(args.includes('--verbose') ? `${text}\n${stack}` : text)
    return EXIT.unusable
  }
}

function removeCa({ print }: Terminal): number {
  const { removeAuthority } = require('../identity/authority') as typeof import('../identity/authority')
  const removed = removeAuthority()
  print(
    removed.length === 0
      ? 'There is no local certificate authority: nothing was removed.'
      : `Removed the local certificate authority: ${removed.join(', ')}. Take it out wherever you made something trust it.`,
  )
  return EXIT.ended
}
