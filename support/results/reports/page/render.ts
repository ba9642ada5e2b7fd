// Renders the reviewer's page, one self-contained file: verdict, doubts, failures and lists as HTML, evidence packed for the script of the page.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LEVELS, type Requirement } from '../../../contract/requirements'
import type { RequirementVerdict, Verdict } from '../../../contract/verdict'
import { doubtsOf } from '../doubts'
import { curlOf } from '../request-as-curl'
import { commandOf, describeBasis, describeDocument, describeDuration, describeTarget, OUTCOME_WORDS } from '../wording'
import { hashOf, html, linked, Markup } from './markup'
import {
  evidencePayload,
  type FailureGroup,
  failureGroups,
  lastRequest,
  libraryPayload,
  type PageInput,
  type PageScenario,
  scenariosOf,
} from './model'
import { packed } from './packed'

/** A style or script without its comments and indentation: neither has a text over several lines. */
const asset = (name: string) =>
  readFileSync(join(__dirname, name), 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(\/\/|\/\*\*.*\*\/$)/.test(line))
    .join('\n')

/** The page. Pure: the same input gives the same text. */
export function renderPage(input: PageInput): string {
  const [style, script] = [asset('style.css'), asset('script.js')]
  const scenarios = scenariosOf(input)
  const groups = failureGroups(scenarios)
  const known = new Set([...input.requirements, ...input.errata, ...input.drift].map(({ id }) => id))
  const policy = `default-src 'none'; img-src data:; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; form-action 'none'`
  const { verdict, sentence } = input
  const failed = groups.reduce((sum, group) => sum + group.scenarios.length, 0)
  const doubts = doubtsOf(verdict, input.requirements, input.cutOff)
  const covered = input.coverage.length > 0
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${sentence.split(/[ ,:.]/)[0] ?? ''} – ${pageOf(verdict)}, ${verdict.document.revision}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#failures">Skip to the failures</a>
<header id="verdict" class="run-${verdict.outcome}">
${verdictPart(input, known)}
</header>
<nav aria-label="Parts of this page">
<a href="#doubts">Doubts <b>${doubts.length}</b></a>
<a href="#failures">Failures <b>${failed}</b></a>
<a href="#rules">Rules <b>${verdict.requirements.length}</b></a>
<a href="#scenarios">Scenarios <b>${scenarios.length}</b></a>
<a href="#discrepancies">Errata and drift</a>
${covered && html`<a href="#coverage">The document</a>`}
<a href="#configuration">Configuration</a>
</nav>
<main>
<section id="doubts" aria-labelledby="h-doubts">
<h2 id="h-doubts">Doubts</h2>
<p class="lead">${doubts.length === 0 ? 'Nothing weakens this verdict.' : 'What makes this verdict weaker than it reads.'}</p>
<ul class="doubts">
${doubts.map(
  ({ title, details }) => html`<li><strong>${linked(title, known)}</strong>${listOf(details, known)}</li>
`,
)}</ul>
</section>
<section id="failures" aria-labelledby="h-failures">
<h2 id="h-failures">Failures</h2>
${failuresPart(input, scenarios, groups, known)}
</section>
<section id="rules" aria-labelledby="h-rules">
<h2 id="h-rules">Rules</h2>
${rulesPart(input)}
</section>
<section id="scenarios" aria-labelledby="h-scenarios">
<h2 id="h-scenarios">Scenarios</h2>
${scenariosPart(scenarios)}
</section>
<section id="discrepancies" aria-labelledby="h-discrepancies">
<h2 id="h-discrepancies">Errata and drift</h2>
<p class="lead">Errata (E) are places where the documents contradict themselves, each with our ruling. Drift (D) is where today’s service is known to contradict the page.</p>
<div id="discrepancy-list"></div>
</section>
${
  covered &&
  html`<section id="coverage" aria-labelledby="h-coverage">
<h2 id="h-coverage">The document, sentence by sentence</h2>
<p class="lead">Each sentence and each example of the page “${pageOf(verdict)}”, in our words: the rules that follow from it, and how they came out in this run.</p>
<div id="coverage-list"></div>
</section>`
}
<section id="configuration" aria-labelledby="h-configuration">
<h2 id="h-configuration">Configuration of the run</h2>
${configurationPart(input)}
</section>
<noscript><p class="note">The evidence of the scenarios, the rules in full, errata, drift and the coverage of the document need JavaScript.</p></noscript>
</main>
<footer><p>Made by ${verdict.suite.name} ${verdict.suite.version} from the record of the run. Not made by Microsoft.</p></footer>
<script type="text/plain" id="library-data">${new Markup(packed(libraryPayload(input, scenarios)))}</script>
<script type="text/plain" id="evidence-data">${new Markup(packed(scenarios.map((one) => evidencePayload(one, commandOf(verdict, one.verdict.name)))))}</script>
<script>${new Markup(script)}</script>
</body>
</html>
`
  return page.text
}

const pageOf = ({ document }: Verdict) => document.pages[0]?.title ?? ''

function listOf(lines: readonly string[], known: ReadonlySet<string>): Markup | null {
  if (lines.length === 0) return null
  if (lines.length === 1) return html`<p>${linked(lines[0] ?? '', known)}</p>`
  return html`<ul>${lines.map((line) => html`<li>${linked(line, known)}</li>`)}</ul>`
}

const RUN_SIGNS = { conformant: '✓', 'as-expected': '≈', 'non-conformant': '✗', incomplete: '?', 'harness-error': '!' } as const

function verdictPart({ verdict, sentence, configuration }: PageInput, known: ReadonlySet<string>): Markup {
  const { document, suite, target, startedAt, finishedAt, cleanup } = verdict
  const tenant = configuration.GRAPH_TENANT_ID
  const ms = Date.parse(finishedAt) - Date.parse(startedAt)
  const commit = suite.commit === null ? '' : `, commit ${suite.commit.slice(0, 12)}`
  const calls = `${cleanup.made} made, ${cleanup.ended} ended${cleanup.left.length === 0 ? '' : `, ${cleanup.left.length} left behind`}`
  return html`<p class="kicker">Conformance report · ${pageOf(verdict)}</p>
<h1><span class="sign" aria-hidden="true">${RUN_SIGNS[verdict.outcome]}</span> ${linked(sentence, known)}</h1>
${tally(verdict)}
<dl class="facts">
<div><dt>Target</dt><dd>${describeTarget(target)}${target.kind === 'tenant' && tenant !== undefined && html`, tenant ${tenant}`}</dd></div>
<div><dt>Document</dt><dd>${describeDocument(document)}</dd></div>
<div><dt>Suite</dt><dd>${suite.name} ${suite.version}${commit}</dd></div>
<div><dt>When</dt><dd>${whenOf(startedAt)}${ms >= 0 && `, ${describeDuration(ms)}`}</dd></div>
<div><dt>Calls</dt><dd>${calls}</dd></div>
<div><dt>Run it again</dt><dd><code>${commandOf(verdict)}</code></dd></div>
</dl>`
}

function whenOf(iso: string): string {
  const format = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } as const
  return Date.parse(iso) > 0
    ? `${new Intl.DateTimeFormat('en-GB', format).format(new Date(iso))} UTC`
    : 'unknown: the record does not say'
}

/** The scenarios by outcome, as a bar and in words. */
function tally({ counts, scenarios }: Verdict): Markup {
  const parts = (['passed', 'failed', 'harness-error', 'could-not-run', 'not-applicable'] as const).filter(
    (one) => counts[one] > 0,
  )
  let from = 0
  const bars = parts.map((outcome) => {
    const width = (100 * counts[outcome]) / Math.max(1, scenarios.length)
    from += width
    return html`<rect class="o-${outcome}" x="${(from - width).toFixed(2)}" y="0" width="${width.toFixed(2)}" height="1"/>`
  })
  const words = parts.map((outcome) => `${counts[outcome]} ${OUTCOME_WORDS[outcome].words}`).join(' · ')
  const text = `${scenarios.length} scenarios: ${words === '' ? 'none ran' : words}`
  return html`<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">${bars}</svg>
<p class="tally">${text}</p>`
}

function failuresPart(
  input: PageInput,
  scenarios: readonly PageScenario[],
  groups: readonly FailureGroup[],
  known: ReadonlySet<string>,
): Markup {
  if (groups.length === 0) return html`<p class="lead">No scenario failed.</p>`
  const total = groups.reduce((sum, group) => sum + group.scenarios.length, 0)
  const lead = `${total} ${total === 1 ? 'scenario' : 'scenarios'}, ${groups.length === 1 ? 'one cause' : `${groups.length} causes`}.`
  return html`<p class="lead">${lead}</p>
${groups.map((group, at) => groupPart(input, scenarios, group, at, known))}`
}

function groupPart(
  { verdict, requirements }: PageInput,
  scenarios: readonly PageScenario[],
  { cause, outcome, scenarios: own }: FailureGroup,
  at: number,
  known: ReadonlySet<string>,
): Markup {
  const first = scenarios[own[0] ?? 0] as PageScenario
  const rules = new Set(own.flatMap((index) => scenarios[index]?.verdict.requirements ?? []))
  const request = lastRequest(first)
  const { sign, words } = OUTCOME_WORDS[outcome]
  return html`<article class="failure o-${outcome}" id="failure-${at + 1}">
<h3><span class="sign" aria-hidden="true">${sign}</span> ${linked(cause, known)} <span class="word">${words}</span></h3>
<div class="broken">${requirements.filter(({ id }) => rules.has(id)).map((rule) => ruleLine(rule, known))}</div>
<h4>In “${first.verdict.name}”</h4>
${comparison(first, known)}
<p class="actions">${messageLinks(first, own[0] ?? 0)}</p>
<p class="label">Run this scenario again</p>
<pre tabindex="0" role="region" aria-label="Command that runs the scenario again">${commandOf(verdict, first.verdict.name)}</pre>
${request !== null && html`<details class="curl"><summary>The request as curl, secrets left out</summary><pre tabindex="0" role="region" aria-label="Request as curl">${curlOf(request)}</pre></details>`}
${own.length > 1 && html`<details open class="others"><summary>${own.length - 1} more with this cause</summary><ul>${own.slice(1).map((index) => html`<li><a href="#s${index}">${scenarios[index]?.verdict.name ?? ''}</a> ${messageLinks(scenarios[index] as PageScenario, index)}</li>`)}</ul></details>`}
</article>
`
}

function messageLinks({ wrong, messages }: PageScenario, index: number): Markup {
  if (wrong.length === 0) return html`<a href="#s${index}">Open the scenario with all its messages</a>`
  return html`${wrong.slice(0, 3).map((at) => html`<a href="#s${index}m${at}">Open message ${at + 1}: ${messages[at]?.name ?? ''}</a> `)}`
}

function ruleLine({ id, level, statement, ...rule }: Requirement, known: ReadonlySet<string>): Markup {
  return html`<p class="rule"><a href="#${id}">${id}</a> <span class="word">${level}</span> ${linked(statement, known)} <span class="basis">Basis: ${describeBasis(rule)}.${rule.note !== undefined && html` ${linked(rule.note, known)}`}</span></p>`
}

/** Expected against actual: two sequences side by side, or a table of members, or the sentence. */
function comparison({ failure, verdict }: PageScenario, known: ReadonlySet<string>): Markup {
  if (failure === null) return html`<p>${verdict.reason ?? ''}</p>`
  const summary = html`<p class="summary">${linked(failure.summary, known)}</p>${failure.others.map((line) => html`<p>${linked(line, known)}</p>`)}`
  if (failure.documented.length > 0)
    return html`${summary}
<div class="sequences">
<div><h5>Expected, as documented</h5><ol>${failure.documented.map(({ text, wrong }) =>
      wrong
        ? html`<li class="missing"><span class="sign" aria-hidden="true">✗</span> ${text} <span class="word">missing</span></li>`
        : html`<li><span class="sign ok" aria-hidden="true">✓</span> ${text}</li>`,
    )}</ol></div>
<div><h5>Received</h5>${
      failure.received.length === 0
        ? html`<p>Nothing.</p>`
        : html`<ol>${failure.received.map(({ text, wrong }) =>
            wrong
              ? html`<li class="unexpected"><span class="sign" aria-hidden="true">✗</span> <s>${text}</s> <span class="word">unexpected</span></li>`
              : html`<li>${text}</li>`,
          )}</ol>`
    }</div>
</div>`
  if (failure.members.length === 0) return summary
  return html`${summary}
<div class="scroll" tabindex="0" role="region" aria-label="Members that differ"><table><thead><tr><th scope="col">Member</th><th scope="col">Expected, as documented</th><th scope="col">Received</th></tr></thead>
<tbody>${failure.members.map(({ path, expected, actual }) => html`<tr><th scope="row"><code>${path}</code></th><td><code>${expected}</code></td><td class="differs"><span class="sign" aria-hidden="true">✗</span> <code>${actual}</code></td></tr>`)}</tbody></table></div>`
}

function rulesPart({ requirements, verdict }: PageInput): Markup {
  const judged = new Map(verdict.requirements.map((one) => [one.id, one]))
  const sections = [...new Set(requirements.map(({ section }) => section))]
  const levels = LEVELS.filter((level) => requirements.some((one) => one.level === level))
  const there = new Set(verdict.requirements.map(({ outcome }) => outcome))
  const legend = Object.entries(OUTCOME_WORDS).filter(([outcome]) => there.has(outcome as RequirementVerdict['outcome']))
  return html`<p class="lead">A target that differs from a <em>must</em> does not conform; from a <em>should</em> it gets a warning, unless the run is strict; a <em>may</em> is an allowed variation. ${legend.map(([, { sign, words }]) => html`<span class="key">${sign} ${words}</span> `)}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Rules by section and level"><table class="matrix"><thead><tr><th scope="col">Section</th>${levels.map((level) => html`<th scope="col">${level}</th>`)}</tr></thead>
<tbody>${sections.map(
    (section) => html`<tr><th scope="row">${section}</th>${levels.map(
      (level) =>
        html`<td>${requirements.filter((one) => one.section === section && one.level === level).map(({ id }) => chip(id, judged.get(id)))}</td>`,
    )}</tr>
`,
  )}</tbody></table></div>
<div id="rule-list"></div>`
}

function chip(id: string, rule: RequirementVerdict | undefined): Markup {
  const outcome = rule?.outcome ?? 'not-selected'
  const { sign, words } = OUTCOME_WORDS[outcome]
  return html`<a class="chip o-${outcome}" href="#${id}">${sign} ${id}${outcome === 'failed' && html` ${words}`}</a> `
}

function scenariosPart(scenarios: readonly PageScenario[]): Markup {
  const features = [...new Set(scenarios.map(({ feature }) => feature))]
  const numbered = scenarios.map((scenario, at) => ({ ...scenario, at }))
  return html`<form id="filters" role="search" hidden>
<label>Search everything <input id="f-text" type="search" autocomplete="off"></label>
<label>Outcome <select id="f-outcome"><option value="">all</option></select></label>
<label>Rule <select id="f-rule"><option value="">all</option></select></label>
<label>Feature <select id="f-feature"><option value="">all</option></select></label>
<span class="walk"><button type="button" id="previous-failure">Previous failure <kbd>p</kbd></button> <button type="button" id="next-failure">Next failure <kbd>n</kbd></button></span>
<p id="found" role="status"></p>
<ul id="found-elsewhere"></ul>
</form>
${features.map(
  (feature) => html`<section class="feature"><h3>${feature}</h3><ol>
${numbered.filter((one) => one.feature === feature).map(row)}</ol></section>
`,
)}`
}

function row({ verdict: { outcome, name, requirements, drift, warnings }, at }: PageScenario & { readonly at: number }): Markup {
  const { sign, words } = OUTCOME_WORDS[outcome]
  const remark = [
    ...(outcome === 'passed' ? [] : [words]),
    ...(warnings.length > 0 ? ['with a warning'] : []),
    ...(drift.length > 0 ? [`with drift ${drift.join(', ')}`] : []),
  ].join(', ')
  return html`<li id="s${at}"${outcome !== 'passed' && html` class="o-${outcome}"`}><details><summary>${sign} ${name}${remark !== '' && html` <em>${remark}</em>`}</summary></details>${requirements.map((id) => html`<a href="#${id}">${id}</a>`)}</li>
`
}

function configurationPart({ verdict, configuration }: PageInput): Markup {
  const { selection, target } = verdict
  const selected = [
    selection.tags === null ? null : `tags ${selection.tags}`,
    selection.requirements.length === 0 ? null : `rules ${selection.requirements.join(', ')}`,
    selection.stages.length === 0 ? null : `stages ${selection.stages.join(', ')}`,
    selection.names.length === 0 ? null : `names ${selection.names.join(', ')}`,
    selection.shard === null ? null : `shard ${selection.shard}`,
  ].filter((part) => part !== null)
  const rows: Readonly<Record<string, string>> = {
    Target: target.kind,
    'Root of Graph': target.baseUrl,
    'Path of calls': target.callsPath,
    ...(target.profile === null ? {} : { Profile: target.profile }),
    ...(target.deviation === null ? {} : { Deviation: target.deviation }),
    Strict: verdict.strict ? 'yes: drift and warnings fail' : 'no: drift and warnings do not fail',
    Selected: selected.length === 0 ? 'every scenario' : selected.join('; '),
    Order: selection.seed === null ? 'as in the features' : `random, seed ${selection.seed}`,
    Baseline: verdict.baseline?.file ?? 'none',
    ...configuration,
  }
  return html`<p class="lead">No secret is part of the record: what is not on a list of harmless settings is not shown.</p>
<dl class="facts">${Object.entries(rows).map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
  )}</dl>`
}
