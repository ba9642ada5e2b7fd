// The target of a scenario: a simulator of its own, or the one tenant that a run holds open.
import { isAbsolute, join } from 'node:path'
import { type Cast, loadCast } from '../contract/cast'
import { PROJECT_ROOT } from '../contract/fixture'
import { openSimulatorTarget } from '../targets/simulator/target'
import type { Target } from '../targets/target'
import { loadEnvironment, readConfiguration } from '../targets/tenant/config/configuration'
import { openTenant, type Tenant } from '../targets/tenant/target'
import { currentRun } from './current-run'
import type { WorldParameters } from './world-parameters'

export interface OpenedTarget {
  readonly target: Target
  /** Whom the scenario is told with: one session each. */
  readonly casts: readonly Cast[]
}

/** Read once per process; fixtures do not change during a run. */
const casts = new Map<string, Cast>()
let tenant: { readonly cast: Cast; readonly opened: Promise<Tenant> } | null = null

/** Opens the target of one scenario. Sends nothing. */
export async function openTarget(
  { target, mount, casts: files, deviation }: WorldParameters,
  seed: string,
): Promise<OpenedTarget> {
  if (target === 'tenant') {
    tenant ??= tenantOfRun()
    return { target: (await tenant.opened).target(), casts: [tenant.cast] }
  }
  const played = files.map(castOf)
  return {
    target: await openSimulatorTarget({ casts: played, mount, deviation, signal: currentRun().interruption, seed }),
    casts: played,
  }
}

/** At the end of a run. */
export async function closeTargets(): Promise<void> {
  const opened = await tenant?.opened.catch(() => null)
  await opened?.close()
  tenant = null
}

function tenantOfRun() {
  const { folder, environment: variables, interruption, limits, outlet, tell } = currentRun()
  const environment = loadEnvironment(folder, variables)
  const configuration = readConfiguration(environment)
  outlet.concealConfiguration(configuration, environment)
  const opened = openTenant({
    configuration,
    environment,
    signal: interruption,
    limits,
    confidant: outlet,
    notifyOperator: (line) => tell(`\n  ▶ ${line}\n`),
  })
  return { cast: configuration.cast, opened }
}

export function castOf(file: string): Cast {
  const path = isAbsolute(file) ? file : join(PROJECT_ROOT, file)
  const cast = casts.get(path) ?? loadCast(path)
  casts.set(path, cast)
  return cast
}
