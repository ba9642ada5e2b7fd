// The start of the compiled package: from the command to its first answer, beside a bare node:http server.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import { ProcessFailed, Server } from './processes'
import { type Measurement, measured, median } from './row'

const PACKAGE = ['bin/graph-calls-simulator.js', '--port', '0', '--control-port', '0', '--json']
const BARE = [
  '-e',
  `const server = require('node:http').createServer((_, response) => response.end('{}'))
   server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ http: 'http://127.0.0.1:' + server.address().port })))`,
]

export const start: Measurement = {
  rows: [
    {
      id: 'start',
      what: 'the compiled package, to its first answer',
      baseline: 'a bare node:http server',
      unit: 'times',
      better: 'less',
      target: 4,
      stretch: 3,
    },
  ],
  measure: async ({ rounds, progress }) => {
    progress('starts')
    await build()
    // Files are read from the disk once.
    await toFirstAnswer(PACKAGE)
    const taken: { readonly own: number; readonly bare: number }[] = []
    for (let round = 0; round < rounds; round++)
      taken.push({ bare: await toFirstAnswer(BARE), own: await toFirstAnswer(PACKAGE) })
    const ms = (of: 'own' | 'bare') => `${Math.round(median(taken.map((one) => one[of])))} ms`
    return {
      start: measured(
        taken.map(({ own, bare }) => own / bare),
        `${ms('own')} against ${ms('bare')}`,
      ),
    }
  },
}

/** As `npm run build`, without npm. */
async function build(): Promise<void> {
  const child = spawn(process.execPath, ['node_modules/typescript7/bin/tsc', '-p', 'tsconfig.build.json'], {
    cwd: PROJECT_ROOT,
    stdio: 'ignore',
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new ProcessFailed('the package cannot be built: npm run build says why')
}

async function toFirstAnswer(args: readonly string[]): Promise<number> {
  const began = performance.now()
  const server = await Server.start(args, { measured: false })
  const { http } = JSON.parse(server.firstLine) as { readonly http: string }
  await (await fetch(http)).arrayBuffer()
  const took = performance.now() - began
  await server.stop()
  return took
}
