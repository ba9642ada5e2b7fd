// The summary of a run for a build server, as Markdown: verdict, doubts in a line, and the failures with their sequences.
import type { Requirement } from '../../contract/requirements'
import type { Verdict } from '../../contract/verdict'
import { doubtsOf } from './doubts'
import { causeTitle, readFailure } from './failure-text'
import { commandOf, describeDocument, describeTarget, OUTCOME_WORDS } from './wording'

/** Failing scenarios that are printed with their text; a build server shows one page. */
const MOST = 10

/** Text that Markdown and HTML would read as markup, from the wire among it, shown as it is. */
const plain = (text: string) =>
  text.replace(/[\\`*_[\]<>|#&~]/g, (character) => (character === '<' ? '&lt;' : `\\${character}`)).replace(/\s+/g, ' ')

/** A fence longer than any that the text holds. */
function block(text: string): readonly string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}text`, text, fence]
}

interface SummaryInput {
  readonly verdict: Verdict
  readonly sentence: string
  readonly cutOff: string | null
  readonly requirements: readonly Requirement[]
}

export function summaryOf({ verdict, sentence, cutOff, requirements }: SummaryInput): string {
  const { document, target, suite, scenarios } = verdict
  const doubts = doubtsOf(verdict, requirements, cutOff).map(({ title }) => title)
  const failures = scenarios.filter(({ outcome }) => outcome === 'failed' || outcome === 'harness-error')
  const statements = new Map(requirements.map(({ id, statement }) => [id, statement]))
  const lines = [
    `## ${plain(sentence)}`,
    '',
    `${plain(describeDocument(document))}, against ${plain(describeTarget(target))}. ${plain(suite.name)} ${suite.version}. \`reports/index.html\` has the evidence.`,
    '',
    ...(doubts.length === 0 ? [] : [`**Doubts:** ${doubts.map(plain).join('; ')}.`, '']),
    ...failures
      .slice(0, MOST)
      .flatMap(({ name, outcome, requirements: ids, reason }) => [
        `### ${OUTCOME_WORDS[outcome].sign} ${ids.join(', ')} ${plain(name)}`,
        '',
        ...ids.flatMap((id) => (statements.has(id) ? [`${id}: ${plain(statements.get(id) ?? '')}`, ''] : [])),
        `${OUTCOME_WORDS[outcome].words}: ${plain(causeTitle(readFailure(reason ?? '')))}`,
        '',
        ...block(reason ?? ''),
        '',
        `Again: \`${commandOf(verdict, name)}\``,
        '',
      ]),
    ...(failures.length > MOST ? [`${failures.length - MOST} further failures are in the page.`, ''] : []),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}
