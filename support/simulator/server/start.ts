// Starts what the command's options ask for: the world, its services and its control API on their ports, and what is printed of them.
import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { UsageError } from '../../contract/command-line'
import { FixtureError } from '../../contract/fixture'
import { isLoopback } from '../../contract/loopback'
import { listen } from '../../net/listener'
import { controlHandler } from '../control/http'
import { MAX_BODY_BYTES } from '../http/body'
import type { Handler } from '../http/graph'
import { RealClock } from '../runtime/clock'
import { guardedDeliver } from '../runtime/guarded-delivery'
import { openSeededSimulator, type SeededSimulator } from '../seed'
import { landingPage } from './landing-page'
import type { ServeOptions } from './options'
import { announcement, jsonLine, liveLine, paintFor, problemLine } from './print'
import { serve } from './serving'
import { refuseOverwriting, writeSettings } from './write-env'

export interface Terminal {
  /** For people and scripts: what was started, then what happens. */
  readonly print: (line: string) => void
  /** What should not be overlooked, apart from that. */
  readonly warn: (line: string) => void
  readonly colours: boolean
}

export interface Running {
  /** Accepts nothing more and lets what is under way end within so many milliseconds. How many notifications were dropped. */
  end(graceMs: number): Promise<number>
}

/** The control API is for tests on this machine, at any address that bots use. */
const CONTROL_HOST = '127.0.0.1'

/** How long answers of the control API under way may take at the end, in milliseconds; its waits would take minutes. */
const CONTROL_GRACE_MS = 250

/**
 * @param onShutdown called when a client of the control API ends the simulator
 * @throws UsageError when the seed file, a port, an address or the file for settings cannot be used
 */
export async function start(options: ServeOptions, terminal: Terminal, onShutdown: () => void): Promise<Running> {
  const { host, port, controlPort, tls } = options
  if (options.writeEnv !== null) refuseOverwriting(options.writeEnv)
  const paint = paintFor(terminal.colours)
  const onProblem = (text: string) => (options.json ? terminal.warn(text) : terminal.print(problemLine(text, paint)))
  const deliveries = guardedDeliver({ allowedHosts: options.allowedHosts })
  const world = await worldOf(options, deliveries.deliver)
  const closing: ((graceMs: number) => Promise<void>)[] = []
  const end = async (graceMs: number) => {
    if (world.clock instanceof RealClock) world.clock.stop()
    const delivered = Promise.race([world.simulator.idle(), sleep(graceMs, undefined, { ref: false })])
    await Promise.all([...closing.map((close) => close(graceMs)), delivered])
    const dropped = world.simulator.close()
    await deliveries.close()
    return dropped
  }
  try {
    let landing: Handler = world.simulator.services.graph
    const serving = await listening('--port', port, host, () =>
      serve(world.simulator.services, { host, port, tls, onProblem, landing: (request) => landing(request) }),
    )
    closing.push((graceMs) => serving.close(graceMs))
    const token = `simulated-control-${randomBytes(18).toString('base64url')}`
    let controlAt: number | null = null
    const handle = controlHandler({ seeded: world, token, onShutdown, port: () => controlAt })
    const control = await listening('--control-port', controlPort, CONTROL_HOST, () =>
      listen({ host: CONTROL_HOST, port: controlPort, handle, onProblem, limits: { bodyBytes: MAX_BODY_BYTES } }),
    )
    closing.push((graceMs) => control.close(Math.min(graceMs, CONTROL_GRACE_MS)))
    controlAt = control.port

    const started = {
      world,
      addresses: serving.addresses,
      control: { url: `http://${CONTROL_HOST}:${control.port}`, token },
      options,
    }
    const envFile = options.writeEnv === null ? null : await writeSettings(options.writeEnv, started)
    landing = landingPage({ ...started, envFile })
    if (!isLoopback(host)) terminal.warn(exposed(host))
    if (options.json) terminal.print(jsonLine({ ...started, envFile }))
    else {
      for (const line of announcement({ ...started, envFile }, paint)) terminal.print(line)
      world.simulator.journal.subscribe((entry) => terminal.print(liveLine(entry, paint)))
    }
    return { end }
  } catch (error) {
    await end(0)
    throw error
  }
}

/** Ids differ from start to start: a bot that remembers a call of yesterday must not find another in its place. */
async function worldOf(
  { seedFile, people, time, allowedHosts, profile }: ServeOptions,
  deliver: Parameters<typeof openSeededSimulator>[0]['deliver'],
): Promise<SeededSimulator> {
  try {
    return await openSeededSimulator({ seedFile, people, time, deliver, allowedHosts, ids: randomUUID(), profile })
  } catch (error) {
    if (error instanceof FixtureError) throw new UsageError(error.message)
    throw error
  }
}

function exposed(host: string): string {
  return `Warning: with --host ${host} other machines reach this simulator. Its secrets are printed and protect nothing: leave --host out unless they must.`
}

/** Why a port cannot be had, by Node's code: one sentence with the remedy. */
const UNAVAILABLE: Readonly<Record<string, (option: string, port: number, host: string) => string>> = {
  EADDRINUSE: (option, port) =>
    `Port ${port} is taken: end what listens there, or choose another with ${option} (0: any free one).`,
  EACCES: (option, port) => `This user may not listen at port ${port}: choose one above 1023 with ${option}.`,
  EADDRNOTAVAIL: (_, __, host) => notHere(host),
  ENOTFOUND: (_, __, host) => notHere(host),
  EAI_AGAIN: (_, __, host) => notHere(host),
  EAFNOSUPPORT: (_, __, host) => notHere(host),
}

function notHere(host: string): string {
  return `--host "${host}" is no address of this machine: write one of its own, for example 127.0.0.1 or 0.0.0.0.`
}

async function listening<T>(option: string, port: number, host: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    const describe = UNAVAILABLE[(error as NodeJS.ErrnoException).code ?? '']
    if (describe !== undefined) throw new UsageError(describe(option, port, host))
    throw error
  }
}
