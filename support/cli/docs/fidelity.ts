// `npm run fidelity`: writes docs/fidelity.md, every rule with its scenarios, every erratum, drift and assumption, from fixtures, features and tables.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Drift, type Erratum, loadDrift, loadErrata } from '../../contract/discrepancies'
import { PROJECT_ROOT } from '../../contract/fixture'
import { loadPageCoverage } from '../../contract/page-coverage'
import {
  LEVELS,
  loadRequirementsFile,
  type Need,
  type Requirement,
  type RequirementBasis,
  type RequirementsFile,
} from '../../contract/requirements'
import type { SupportCode } from '../../suite/cucumber'
import { ASSUMPTIONS, type Assumption, type DocumentedRequest, REQUESTS } from '../../targets/simulator/target'
import { readSpecification, type Scenario, type Specification } from '../read-features'

/** Where the page is kept, from the root of the project. */
export const FIDELITY_FILE = 'docs/fidelity.md'

export interface FidelityParts {
  readonly requirements: RequirementsFile
  readonly specification: Specification
  readonly errata: readonly Erratum[]
  readonly drift: readonly Drift[]
  readonly assumptions: readonly Assumption[]
  readonly requests: readonly DocumentedRequest[]
}

/** The command that makes the page again. */
export const FIDELITY_COMMAND = 'npm run fidelity'

/** Where a rule comes from, in words. */
const BASES: Readonly<Record<RequirementBasis, string>> = {
  page: 'stated or printed on the page',
  elsewhere: 'documented by Microsoft on another page',
  observed: 'seen in public traffic or issues',
  assumption: 'ours, held against the simulator only',
}

/** What a scenario does to people, by its tag. */
const STAGES: Readonly<Record<string, string>> = {
  '@makes-no-call': 'makes no call',
  '@joins': 'joins a meeting',
  '@rings': 'rings people',
}

const ASSUMPTION = '@assumption'

/** A scenario as it stands in its file, with the examples that it has. */
interface Written {
  readonly name: string
  readonly uri: string
  readonly examples: readonly Scenario[]
}

/**
 * The whole page, the same for the same data.
 * @returns Markdown that ends in a line break
 */
export function fidelityPage({ requirements: file, specification, errata, drift, assumptions, requests }: FidelityParts): string {
  const { requirements } = file
  const { document } = loadPageCoverage()
  const { scenarios } = specification
  const sections = [...new Set(requirements.map(({ section }) => section))]
  const parts = [
    '# Fidelity',
    `How faithful suite and simulator are to the page "${document.page}" of ${document.revision}: what each rule rests on and which scenarios hold a target to it, where the documents contradict one another, where today's service differs, and what the simulator assumes.`,
    `This file is made from \`fixtures/\`, \`features/\` and the tables of the simulator by \`${FIDELITY_COMMAND}\`. Do not edit it: a test compares it with what they say now.`,
    contents(sections),
    '## In numbers',
    inNumbers(requirements, scenarios),
    `${errata.length} errata, ${drift.length} known drifts, ${assumptions.length} assumptions of the simulator.`,
    '## Rules',
    `A rule is a *must* (a target that differs does not conform), a *should* (a difference is a warning, and a failure of a strict run) or a *may* (it fails no target). It rests on one or more of these: ${Object.entries(
      BASES,
    )
      .map(([basis, words]) => `*${basis}*, ${words}`)
      .join(
        '; ',
      )}. *Needs* is what a target must be able to do; a scenario that needs more than the target can does not apply to it.`,
    ...sections.flatMap((section) => [
      `### ${section}`,
      ...requirements.filter((one) => one.section === section).flatMap((one) => requirementSection(one, scenarios)),
    ]),
    '## Errata',
    'Where the page contradicts itself, its sister pages or the service, and what is held to be right. *Everywhere*: a scenario may hold the ruling against any target; *simulator*: against the simulator only.',
    table(
      ['Erratum', 'Where', 'What contradicts what', 'Evidence', 'Ruling', 'Held against'],
      errata.map(({ id, where, discrepancy, evidence, ruling, asserted }) => [
        id,
        where,
        discrepancy,
        evidence,
        ruling,
        asserted,
      ]),
    ),
    '## Drift',
    "Where today's service is known to contradict the page. A comparison that holds only with one of these passes with a remark, and fails a strict run.",
    table(
      ['Drift', 'What differs', 'What shows it', 'Source', 'Since', 'Errata'],
      drift.map(({ id, what, shows, source, date, errata: related }) => [id, what, shows, source, date, related.join(', ')]),
    ),
    '## Requests to the simulator',
    'One core serves the three roots of calls; `{id}` stands below one of them unless the whole path is written. A documented request that the simulator does not play is answered 501 with the code `SimulatorNotImplemented`, and so is everything below a path without a method. Another method of a path with methods is answered 405.',
    table(
      ['Request', 'What the simulator does', 'Basis', 'Source'],
      requests.map(({ route, what, basis, source }) => [`\`${route}\``, what ?? '501', basis, source]),
    ),
    '## Assumptions of the simulator',
    'What no page states and no public report shows, and had to be decided. Where the basis is *documented* or *observed*, the source says which part is ours. None of it is held against the real Graph.',
    table(
      ['What', 'Basis', 'What it rests on'],
      assumptions.map(({ what, basis, source }) => [what, basis, source]),
    ),
  ]
  return `${parts.join('\n\n')}\n`
}

function contents(sections: readonly string[]): string {
  const link = (heading: string) =>
    `[${heading}](#${heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-')})`
  return [
    `- ${link('In numbers')}`,
    `- ${link('Rules')}: ${sections.map(link).join(', ')}`,
    ...['Errata', 'Drift', 'Requests to the simulator', 'Assumptions of the simulator'].map((heading) => `- ${link(heading)}`),
  ].join('\n')
}

function inNumbers(requirements: readonly Requirement[], scenarios: readonly Scenario[]): string {
  const rows = LEVELS.map((level) => {
    const rules = requirements.filter((one) => one.level === level)
    const own = scenarios.filter((one) => rules.some((rule) => isOf(one, rule)))
    const exercised = rules.filter((rule) => own.some((one) => isOf(one, rule)))
    const tenant = own.filter((one) => !assumed(one, rules))
    return [level, ...[rules, exercised, own, tenant].map(({ length }) => String(length))]
  })
  return table(['Level', 'Rules', 'with scenarios', 'Scenarios, examples counted', 'of these for a tenant that can do all'], rows)
}

const isOf = ({ tags }: Scenario, { id }: Requirement) => tags.includes(`@${id}`)

/** Whether a scenario is an assumption by its tag, or because all that it holds a target to is one. */
function assumed(scenario: Scenario, requirements: readonly Requirement[]): boolean {
  const own = requirements.filter((one) => isOf(scenario, one))
  return (
    scenario.tags.includes(ASSUMPTION) || (own.length > 0 && own.every(({ basis }) => basis.every((one) => one === 'assumption')))
  )
}

function requirementSection(requirement: Requirement, scenarios: readonly Scenario[]): readonly string[] {
  const { id, level, basis, statement, note, needs, unexercised } = requirement
  const own = written(scenarios.filter((one) => isOf(one, requirement)))
  return [
    `#### ${id}`,
    `*${level}*, ${basis.join(', ')}. ${plain(statement)}`,
    ...(note === undefined ? [] : [`Note: ${plain(note)}`]),
    ...(needs.length === 0 ? [] : [`Needs ${needs.map(describeNeed).join('; ')}.`]),
    ...(unexercised === undefined ? [] : [`No scenario: ${plain(unexercised)}`]),
    ...(own.length === 0 ? [] : [table(['Scenario', 'Examples', 'What it does', 'Needs', 'In'], own.map(scenarioRow))]),
  ]
}

const describeNeed = ({ capability, for: part }: Need) => `*${capability}*${part === null ? '' : ` for ${plain(part)}`}`

/** The scenarios as they stand in the files: the rows of an outline are one. */
function written(scenarios: readonly Scenario[]): readonly Written[] {
  const found = new Map<string, { readonly name: string; readonly uri: string; readonly examples: Scenario[] }>()
  for (const scenario of scenarios) {
    const { writtenName: name, uri } = scenario
    const one = found.get(`${uri} ${name}`) ?? { name, uri, examples: [] }
    one.examples.push(scenario)
    found.set(`${uri} ${name}`, one)
  }
  return [...found.values()]
}

function scenarioRow({ name, uri, examples }: Written): readonly string[] {
  const tags = new Set(examples.flatMap((one) => one.tags))
  const assumptions = examples.filter((one) => one.tags.includes(ASSUMPTION)).length
  const ours = assumptions === 0 ? [] : [assumptions === examples.length ? 'assumption' : `${assumptions} of them assumption`]
  return [
    name,
    [String(examples.length), ...ours].join(', '),
    [...tags].flatMap((tag) => STAGES[tag] ?? []).join(', '),
    [...tags].flatMap((tag) => /^@needs:(.*)$/.exec(tag)?.[1] ?? []).join(', '),
    `[${uri.slice(uri.lastIndexOf('/') + 1)}](../${uri})`,
  ]
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [row(head), `|${head.map(() => ':--').join('|')}|`, ...rows.map((cells) => row(cells.map(plain)))].join('\n')
}

/** Text as Markdown that shows it as it is, in one line. Code in backquotes and links stay what they are. */
function plain(text: string): string {
  const parts = text
    .trim()
    .replaceAll(/\s+/g, ' ')
    .split(/(`[^`]*`)/)
  return parts.map((part, at) => part.replaceAll(at % 2 === 1 ? /\|/g : /[<|*_]/g, '\\$&')).join('')
}

/** What the page is made of, as it stands in the project now. @throws FixtureError, or Error where a feature cannot be read */
export async function fidelityParts(support: SupportCode | null = null): Promise<FidelityParts> {
  return {
    requirements: loadRequirementsFile(),
    specification: await readSpecification(support),
    errata: loadErrata(),
    drift: loadDrift(),
    assumptions: ASSUMPTIONS,
    requests: REQUESTS,
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
