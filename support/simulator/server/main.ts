// `npm run simulator`, and `graph-calls-simulator` where it is installed: runs the command in this process, with its signals.
import { usesColours } from '../../contract/command-line'
import { onEndRequest } from '../../contract/end-requests'
import { simulate } from './command'

/** Exit code after a second signal. */
const IMPATIENT = 130

const controller = new AbortController()
onEndRequest((by) => {
  if (controller.signal.aborted) process.exit(IMPATIENT)
  controller.abort(by)
})

/** The reader of the output may go away; the simulator serves on. */
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

simulate(process.argv.slice(2), {
  print: (line) => void process.stdout.write(`${line}\n`),
  warn: (line) => void process.stderr.write(`${line}\n`),
  colours: usesColours(process.stdout),
  signal: controller.signal,
}).then((code) => process.exit(code))
