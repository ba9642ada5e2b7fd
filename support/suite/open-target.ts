// Opens the target of a scenario, a simulator of its own or the tenant of the run, and decides whether the scenario applies to it.
import { isAbsolute, join } from 'node:path'
import { type Cast, capabilitiesOf, loadCast } from '../contract/cast'
import { PROJECT_ROOT } from '../contract/fixture'
import { CAPABILITIES, type Capability, type Requirement } from '../contract/requirements'
import { openSimulatorTarget } from '../targets/simulator/target'
import type { Target } from '../targets/target'
import { loadEnvironment, readConfiguration } from '../targets/tenant/config/configuration'
import { openTenant, type Tenant } from '../targets/tenant/target'
import { currentRun } from './current-run'
import type { WorldParameters } from './world-parameters'

interface OpenedTarget {
  readonly target: Target
  /** One session for each. */
  readonly casts: readonly Cast[]
}

/** Read once per process; fixtures do not change during a run. */
const casts = new Map<string, Cast>()
let tenant: { readonly cast: Cast; readonly opened: Promise<Tenant> } | null = null

/** Opens the target of one scenario. Sends nothing. */
export async function openTarget(
  { target, callsPath, profile, mount, casts: files, deviation }: WorldParameters,
  seed: string,
): Promise<OpenedTarget> {
  if (target === 'tenant') {
    tenant ??= tenantOfRun()
    return { target: (await tenant.opened).target(), casts: [tenant.cast] }
  }
  const played = files.map(castOf)
  return {
    target: await openSimulatorTarget({
      casts: played,
      callsPath,
      profile,
      mount,
      deviation,
      signal: currentRun().interruption,
      seed,
    }),
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
  const { folder, environment: variables, interruption, limits, outlet, print } = currentRun()
  const environment = loadEnvironment(folder, variables)
  const configuration = readConfiguration(environment)
  outlet.concealConfiguration(configuration, environment)
  const opened = openTenant({
    configuration,
    environment,
    signal: interruption,
    limits,
    confidant: outlet,
    notifyOperator: (line) => print(`\n  ▶ ${line}\n`),
  })
  return { cast: configuration.cast, opened }
}

export function castOf(file: string): Cast {
  const path = isAbsolute(file) ? file : join(PROJECT_ROOT, file)
  const cast = casts.get(path) ?? loadCast(path)
  casts.set(path, cast)
  return cast
}

/** A scenario, or rows of one, without a public source although its requirement has one. */
const ASSUMPTION = '@assumption'

const NEEDS = /^@needs:(.+)$/

/** Capabilities that the tags of a scenario need. */
export function needsOf(tags: readonly string[]): readonly Capability[] {
  return tags.flatMap((tag) => {
    const name = NEEDS.exec(tag)?.[1]
    if (name === undefined) return []
    const capability = CAPABILITIES.find((one) => one === name)
    if (capability === undefined)
      throw new Error(`the tag ${tag} names no known capability: write one of ${CAPABILITIES.join(', ')}`)
    return [capability]
  })
}

/** Why a scenario does not apply to a target; null if it does. The simulator has every capability; a tenant is not held to assumptions. */
export function inapplicable(
  tags: readonly string[],
  kind: Target['kind'],
  cast: Cast,
  requirements: readonly Requirement[],
): string | null {
  const needs = needsOf(tags)
  if (kind === 'simulator') return null
  const own = requirements.filter(({ id }) => tags.includes(`@${id}`))
  const assumed = own.length > 0 && own.every(({ basis }) => basis.every((one) => one === 'assumption'))
  if (assumed || tags.includes(ASSUMPTION)) {
    return 'what it says is an assumption, which is not held against a tenant'
  }
  const declared = capabilitiesOf(cast)
  const missing = needs.filter((need) => !declared.has(need))
  return missing.length === 0 ? null : `the cast does not declare ${missing.join(', ')}`
}
