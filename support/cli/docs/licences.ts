// `npm run licences`: writes docs/licences.md, every package of the lock file with its licence, those that are shipped first.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../../contract/fixture'

export const LICENCES_FILE = 'docs/licences.md'
export const LICENCES_COMMAND = 'npm run licences'

export interface Package {
  readonly name: string
  readonly version: string
  /** SPDX expression; null where the package names none. */
  readonly licence: string | null
  /** Whether only the tests, the suite and the reports need it. */
  readonly dev: boolean
}

/** Licences that the package itself does not name in its manifest, with where they stand. */
const NAMED_ELSEWHERE: Readonly<Record<string, string>> = {
  // The LICENSE file of the package.
  '@microsoft/microsoft-graph-types-beta': 'MIT',
}

/** Every package that an installation on some platform can hold, each version once, by name. */
export function lockedPackages(): readonly Package[] {
  const { packages } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, { version: string; license?: string; dev?: boolean; devOptional?: boolean }>>
  }
  const found = new Map<string, Package>()
  for (const [path, { version, license, dev, devOptional }] of Object.entries(packages)) {
    if (path === '') continue
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const known = found.get(`${name}@${version}`)
    const onlyDev = (dev ?? devOptional ?? false) && (known?.dev ?? true)
    found.set(`${name}@${version}`, { name, version, licence: license ?? NAMED_ELSEWHERE[name] ?? null, dev: onlyDev })
  }
  return [...found.values()].sort((one, other) => (one.name + one.version < other.name + other.version ? -1 : 1))
}

/** The whole page, the same for the same packages. */
export function licencesPage(packages: readonly Package[]): string {
  const shipped = packages.filter(({ dev }) => !dev)
  const others = packages.filter(({ dev }) => dev)
  return [
    '# Licences of the dependencies',
    '',
    `Made by \`${LICENCES_COMMAND}\` from \`package-lock.json\`. The code of this project is under the MIT licence; [NOTICE](../NOTICE) says whose the documented messages are.`,
    '',
    `## Installed with the package: ${shipped.length}`,
    '',
    ...table(shipped),
    '',
    `## For tests, the suite and its reports: ${others.length}`,
    '',
    'Packages for other platforms are among them.',
    '',
    ...table(others),
    '',
  ].join('\n')
}

function table(packages: readonly Package[]): readonly string[] {
  const licences = [...new Set(packages.map(({ licence }) => licence ?? 'none named'))].sort()
  const rows = licences.map((licence) => {
    const under = packages.filter((one) => (one.licence ?? 'none named') === licence)
    return `| ${licence} | ${under.map(({ name, version }) => `${name} ${version}`).join(', ')} |`
  })
  return ['| Licence | Packages |', '|:--|:--|', ...rows]
}

if (require.main === module) {
  const packages = lockedPackages()
  writeFileSync(join(PROJECT_ROOT, LICENCES_FILE), licencesPage(packages))
  console.log(`${LICENCES_FILE}: ${packages.length} packages.`)
}
