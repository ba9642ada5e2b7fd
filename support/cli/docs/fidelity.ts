// `npm run fidelity`: writes docs/fidelity.md from the fixtures, the features and the tables of the simulator.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadDrift } from '../../contract/drift'
import { loadErrata } from '../../contract/errata'
import { PROJECT_ROOT } from '../../contract/fixture'
import { loadRequirementsFile } from '../../contract/requirements'
import type { SupportCode } from '../../suite/cucumber'
import { ASSUMPTIONS } from '../../targets/simulator/target'
import { readSpecification } from '../read-features'
import { FIDELITY_COMMAND, type FidelityParts, fidelityPage } from './fidelity-page'

/** Where the page is kept, from the root of the project. */
export const FIDELITY_FILE = 'docs/fidelity.md'

/** What the page is made of, as it stands in the project now. @throws FixtureError, or Error where a feature cannot be read */
export async function fidelityParts(support: SupportCode | null = null): Promise<FidelityParts> {
  return {
    requirements: loadRequirementsFile(),
    specification: await readSpecification(support),
    errata: loadErrata(),
    drift: loadDrift(),
    assumptions: ASSUMPTIONS,
  }
}

async function fidelity(): Promise<void> {
  const parts = await fidelityParts()
  writeFileSync(join(PROJECT_ROOT, FIDELITY_FILE), fidelityPage(parts))
  const { requirements, specification } = parts
  console.log(`${FIDELITY_FILE}: ${requirements.requirements.length} rules, ${specification.scenarios.length} scenarios.`)
}

if (require.main === module) {
  fidelity().catch((error: unknown) => {
    console.error(`${FIDELITY_COMMAND}: ${(error as Error).message}`)
    process.exitCode = 1
  })
}
