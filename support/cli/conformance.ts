// `npm run conformance`: runs the command in this process, with its signals and its terminal.
import { rememberWorkers, signalsOfProcess } from '../suite/interruption'

// Before anything loads cucumber.
const workers = rememberWorkers()

import { usesColours } from '../contract/command-line'
import { currentRun } from '../suite/current-run'
import { guardTerminal } from '../suite/redaction'
import { conformance } from './conformance-command'

const [out, error] = [process.stdout, process.stderr].map((stream) => stream.write.bind(stream) as (text: string) => void)
guardTerminal({ discreet: (text) => currentRun().outlet.discreet(text) })
conformance(process.argv.slice(2), {
  folder: process.cwd(),
  environment: process.env,
  out: (text) => out?.(text),
  error: (text) => error?.(text),
  colours: usesColours(process.stdout),
  signal: signalsOfProcess(workers.kill),
  workers,
}).then((code) => {
  process.exitCode = code
})
