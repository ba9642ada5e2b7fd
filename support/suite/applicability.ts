// Whether a scenario applies to a target: what it needs must be declared, and an assumption is never held against a tenant.
import { type Cast, capabilitiesOf } from '../contract/cast'
import { CAPABILITIES, type Capability, type Requirement } from '../contract/requirements'
import type { Target } from '../targets/target'

/** A scenario, or rows of one, that no public source bears out although its requirement has one. */
const ASSUMPTION = '@assumption'

const NEEDS = /^@needs:(.+)$/

/** Capabilities that the tags of a scenario ask for. */
export function needsOf(tags: readonly string[]): readonly Capability[] {
  return tags.flatMap((tag) => {
    const name = NEEDS.exec(tag)?.[1]
    if (name === undefined) return []
    const capability = CAPABILITIES.find((one) => one === name)
    if (capability === undefined) throw new Error(`the tag ${tag} names no capability: write one of ${CAPABILITIES.join(', ')}`)
    return [capability]
  })
}

/** Why a scenario does not apply to a target; null when it does. The simulator can do everything. */
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
