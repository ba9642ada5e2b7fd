// `npm run simulator`, and `graph-calls-simulator` where it is installed: Graph, its token service and the people in a call, over HTTP.
import { onEndRequest } from '../../contract/end-requests'
import { readServeOptions, UsageError } from './options'
import type { Running, Terminal } from './start'

/** Exit codes of the contract: ended by a signal, could not start, ended by a second signal. */
const EXIT = { ended: 0, unusable: 3, impatient: 130 } as const

/** How long requests and deliveries under way may take once the simulator is told to end, in milliseconds. */
const GRACE_MS = 3_000

const terminal: Terminal = {
  print: (line) => void process.stdout.write(`${line}\n`),
  warn: (line) => void process.stderr.write(`${line}\n`),
}

async function main(args: readonly string[]): Promise<void> {
  const options = readServeOptions(args)
  if (options === null) return
  if (options.removeCa) return removeCa()

  let running: Running | null = null
  let ending = false
  const end = async (why: string) => {
    if (ending) process.exit(EXIT.impatient)
    ending = true
    const dropped = (await running?.end(GRACE_MS)) ?? 0
    if (dropped > 0)
      terminal.warn(`Ended by ${why}: ${dropped} notification${dropped === 1 ? ' was' : 's were'} dropped, still not delivered.`)
    process.exit(EXIT.ended)
  }
  onEndRequest((by) => void end(by))
  // Only now: whoever mistypes an option or asks for help waits for none of this.
  const { start } = require('./start') as typeof import('./start')
  running = await start(options, terminal, () => void end('the control API'))
}

function removeCa(): void {
  const { removeAuthority } = require('../identity/authority') as typeof import('../identity/authority')
  const removed = removeAuthority()
  terminal.print(
    removed.length === 0
      ? 'There is no local certificate authority: nothing was removed.'
      : `Removed the local certificate authority: ${removed.join(', ')}. Take it out wherever you made something trust it.`,
  )
}

/** Whoever reads the output may go away; the simulator serves on. */
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

main(process.argv.slice(2)).catch((error: Error) => {
  const told = error instanceof UsageError ? error.message : `The simulator could not start: ${error.message}`
  terminal.warn(process.argv.includes('--verbose') ? `${told}\n${error.stack}` : told)
  process.exit(EXIT.unusable)
})
