// What the page shows, from the record, the verdict and the fixtures: failures by cause, scenarios with their messages, and the library.
import type { PickleStepArgument } from '@cucumber/messages'
import type { DeviationsReport } from '../../../contract/deviations'
import type { Drift, Erratum } from '../../../contract/discrepancies'
import type { PageEntry } from '../../../contract/page-coverage'
import type { Requirement } from '../../../contract/requirements'
import type { ScenarioOutcome, ScenarioVerdict, Verdict } from '../../../contract/verdict'
import { milliseconds, type RunRecord, type ScenarioRecord, type StepRecord } from '../../read-messages'
import { type EvidenceMessage, type EvidencePart, evidenceOf } from '../evidence-messages'
import { causeTitle, type FailureText, readFailure, subjectOf } from '../failure-text'

export interface PageInput {
  readonly run: RunRecord
  readonly verdict: Verdict
  /** The last line of the run, without the path of a report. */
  readonly sentence: string
  /** Why the record ends before the run did; null where it does not. */
  readonly cutOff: string | null
  readonly requirements: readonly Requirement[]
  readonly errata: readonly Erratum[]
  readonly drift: readonly Drift[]
  readonly coverage: readonly PageEntry[]
  /** Null where `npm run deviations` has left no report. */
  readonly deviations: DeviationsReport | null
  /** Settings of the run as they may be shown. */
  readonly configuration: Readonly<Record<string, string>>
}

/** One scenario of the verdict with its record. */
export interface PageScenario {
  readonly verdict: ScenarioVerdict
  readonly record: ScenarioRecord | null
  readonly feature: string
  readonly messages: readonly EvidenceMessage[]
  readonly failure: FailureText | null
  /** Indices of the messages that show the failure. */
  readonly wrong: readonly number[]
}

/** Failures that one cause explains. */
export interface FailureGroup {
  readonly cause: string
  readonly outcome: ScenarioOutcome
  /** Indices of scenarios. */
  readonly scenarios: readonly number[]
}

export function scenariosOf({ run, verdict }: Pick<PageInput, 'run' | 'verdict'>): readonly PageScenario[] {
  const records = new Map(run.scenarios.map((record) => [placeOf(record.pickle.uri, record.line), record]))
  return verdict.scenarios.map((scenario) => {
    const record = records.get(placeOf(scenario.uri, scenario.line)) ?? null
    const messages = record === null ? [] : evidenceOf(record)
    const said = scenario.reason ?? scenario.warnings[0] ?? null
    const failure = said === null ? null : readFailure(said)
    const failed = scenario.outcome === 'failed' || scenario.warnings.length > 0
    const wrong = failure === null || !failed ? [] : wrongMessages(failure, messages)
    return { verdict: scenario, record, feature: record?.feature ?? scenario.uri, messages, failure, wrong }
  })
}

const placeOf = (uri: string, line: number) => `${uri}:${line}`

/** Which messages a failure is about. */
function wrongMessages(failure: FailureText, messages: readonly EvidenceMessage[]): readonly number[] {
  if (failure.received.length > 0 && failure.received.some(({ wrong }) => wrong)) return unexpectedMessages(failure, messages)
  if (failure.documented.length > 0) return []
  const subject = subjectOf(failure)
  const [, change] = /the notification (?:"([^"]+)"|that)/.exec(failure.summary) ?? []
  const isNotification = /notification|roster|post/.test(subject ?? failure.summary)
  const fits = (message: EvidenceMessage) =>
    isNotification
      ? message.purpose === 'notification' && (change === undefined || message.name.startsWith(beginningOf(change)))
      : ['create', 'operation', 'get', 'delete', 'look-up'].includes(message.purpose)
  const found = messages.findLastIndex(fits)
  return found < 0 ? [] : [found]
}

/** The beginning of a message's name for a row such as "call updated, established" or "roster updated, John and the bot". */
function beginningOf(row: string): string {
  return row.startsWith('roster') ? (/^roster \w+/.exec(row)?.[0] ?? row) : row.replace(', ', ': ')
}

/** The received changes are listed in the order of the posts that brought them; a repeated delivery is listed once. */
function unexpectedMessages({ received }: FailureText, messages: readonly EvidenceMessage[]): readonly number[] {
  const found = new Set<number>()
  let at = 0
  for (const [index, { purpose, changes, request }] of messages.entries()) {
    const before = messages[index - 1]
    if (purpose !== 'notification' || (before?.purpose === 'notification' && before.request.body === request.body)) continue
    for (const _ of changes) {
      if (received[at]?.wrong) found.add(index)
      at += 1
    }
  }
  return [...found]
}

const FAILED: readonly ScenarioOutcome[] = ['failed', 'harness-error']

export function failureGroups(scenarios: readonly PageScenario[]): readonly FailureGroup[] {
  const groups = new Map<string, { cause: string; outcome: ScenarioOutcome; scenarios: number[] }>()
  for (const [at, { verdict, failure }] of scenarios.entries()) {
    if (!FAILED.includes(verdict.outcome) || failure === null) continue
    const cause = causeTitle(failure)
    const key = `${verdict.outcome} ${cause}`
    const group = groups.get(key) ?? { cause, outcome: verdict.outcome, scenarios: [] }
    group.scenarios.push(at)
    groups.set(key, group)
  }
  return [...groups.values()].sort(
    (one, other) => FAILED.indexOf(one.outcome) - FAILED.indexOf(other.outcome) || other.scenarios.length - one.scenarios.length,
  )
}

/** The last request of a scenario that its failure can be about, for a command line; null where it sent none. */
export function lastRequest({ messages, wrong }: PageScenario): EvidenceMessage | null {
  const own = messages.filter(({ from, purpose }) => from === 'bot' && purpose !== 'token' && purpose !== 'keys')
  const named = wrong.map((at) => messages[at]).find((message) => message?.from === 'bot')
  return named ?? own.at(-1) ?? null
}

/** Names of members are short, as a run holds many. */
type Packed = readonly [line: string, headers: readonly string[], body: string]
const packed = ({ line, headers, body }: EvidencePart): Packed => [line, headers, compact(body)]

function compact(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body))
  } catch {
    return body
  }
}

/** What a scenario shows when it is opened. */
export function evidencePayload({ record, messages, failure, wrong, verdict }: PageScenario, command: string) {
  const began = record?.started ? milliseconds(record.started) : null
  const since = (at: number | null) => (at === null || began === null ? null : Math.max(0, Math.round((at - began) * 10) / 10))
  const steps = record?.steps ?? []
  return {
    place: placeOf(verdict.uri, verdict.line),
    command,
    reason: [verdict.reason, ...verdict.warnings, ...verdict.drift].filter((part) => part !== null).join('\n'),
    errata: record?.facts?.errata ?? [],
    drift: verdict.drift,
    ...earlierPayload(record),
    steps: stepsPayload(steps),
    people: steps.flatMap((step) =>
      actsOfPeople(step) ? [[step.text, since(step.started ? milliseconds(step.started) : null)] as const] : [],
    ),
    messages: messages.map(({ name, purpose, from, request, response, at }, index) => ({
      name,
      purpose,
      from,
      at: since(at),
      request: packed(request),
      response: packed(response),
      ...(wrong.includes(index) ? { wrong: failure?.documented.length ? 'unexpected' : 'differs' } : {}),
    })),
    missing: failure?.documented.filter((row) => row.wrong).map(({ text }) => text) ?? [],
    members: failure?.members ?? [],
  }
}

/** Where the keys and tokens come from that the bot remembered, as their requests are not in this scenario's evidence. */
function earlierPayload(record: ScenarioRecord | null): { readonly earlier?: string } {
  const { keys = [], tokens = [] } = record?.facts?.earlier ?? {}
  const of = (what: string, scenarios: readonly string[]) =>
    scenarios.length === 0 ? [] : [`${what} in ${scenarios.map((name) => `"${name}"`).join(' and ')}`]
  const parts = [...of('the keys of notification tokens', keys), ...of('its token', tokens)]
  return parts.length === 0 ? {} : { earlier: `The bot fetched earlier: ${parts.join(', ')}.` }
}

/** Sentences about what people are and do: each begins with who acts, and the bot and Graph are no people. */
function actsOfPeople({ text, sentence }: StepRecord): boolean {
  return (sentence?.type === 'Context' || sentence?.type === 'Action') && !/^(the bot|another bot|Graph|nothing)\b/i.test(text)
}

const KEYWORDS: Readonly<Record<string, string>> = { Context: 'Given', Action: 'When', Outcome: 'Then' }

/** The sentences, and the hooks that failed. */
function stepsPayload(steps: readonly StepRecord[]) {
  const shown = steps.filter(({ sentence, result }) => sentence !== null || result.status === 'FAILED')
  return shown.map(({ text, sentence, result }, at) => {
    const keyword = KEYWORDS[sentence?.type ?? ''] ?? 'Hook'
    const continues = sentence !== null && shown[at - 1]?.sentence?.type === sentence.type
    return [continues ? 'And' : keyword, text, result.status, rowsOf(sentence?.argument)] as const
  })
}

function rowsOf(argument: PickleStepArgument | undefined): readonly (readonly string[])[] {
  const rows = argument?.dataTable?.rows.map(({ cells }) => cells.map(({ value }) => value)) ?? []
  return argument?.docString === undefined ? rows : [[argument.docString.content]]
}

/** Errata and drift that the scenarios of a rule relied on in this run. */
function citedBy(id: string, scenarios: readonly PageScenario[]): readonly string[] {
  const own = scenarios.filter(({ verdict }) => verdict.requirements.includes(id))
  return [...new Set(own.flatMap(({ record, verdict }) => [...(record?.facts?.errata ?? []), ...verdict.drift]))].sort()
}

/** The written deviations of a rule one by one; those that are generated from the printed messages are many, so only their number. */
function deviationsOf(id: string, report: DeviationsReport | null) {
  const own = (report?.deviations ?? []).filter(({ requirement }) => requirement === id)
  const generated = own.filter(({ kind }) => kind === 'mechanical')
  return {
    generated: [generated.filter(({ detected }) => detected).length, generated.length] as const,
    deviations: own
      .filter(({ kind, detected }) => kind === 'behaviour' || !detected)
      .map(({ id: name, description, detected }) => [name, description, detected] as const),
  }
}

/** Rules, errata, drift and the sentences of the page, as they are shown when they are opened. */
export function libraryPayload(
  { requirements, errata, drift, coverage, verdict, deviations }: PageInput,
  scenarios: readonly PageScenario[],
) {
  const judged = new Map(verdict.requirements.map((one) => [one.id, one]))
  return {
    rules: requirements.map(({ id, level, basis, section, statement, note, unexercised }) => ({
      ...{ id, level, basis, section, statement, note: note ?? null },
      outcome: judged.get(id)?.outcome ?? 'not-selected',
      reason: judged.get(id)?.reason ?? unexercised ?? null,
      partial: judged.get(id)?.partial ?? false,
      cited: citedBy(id, scenarios),
      ...deviationsOf(id, deviations),
    })),
    tried: deviations !== null,
    errata: errata.map(({ id, where, discrepancy, evidence, ruling, asserted }) => ({
      id,
      where,
      discrepancy,
      evidence,
      ruling,
      asserted,
    })),
    drift: drift.map(({ id, what, shows, source, date, errata: of }) => ({ id, what, shows, source, date, errata: of })),
    coverage: coverage.map(({ place, section, kind, says, requirements: of, because }) => ({
      ...{ place, section, kind, says, because: because ?? null },
      rules: of,
    })),
  }
}
