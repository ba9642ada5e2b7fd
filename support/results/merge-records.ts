// Merges the records of shards and stages into one record: one run, whose verdict judges coverage on the whole.
import type { Envelope } from '@cucumber/messages'
import { UsageError } from '../contract/command-line'
import { milliseconds } from './read-messages'
import { contextMessage, contextOf, type RunContext } from './run-metadata'

/** The record of one run, with the name by which errors mention it. */
export interface NamedRecord {
  readonly name: string
  readonly envelopes: readonly Envelope[]
}

export interface MergedRecord {
  readonly envelopes: Envelope[]
  readonly context: RunContext
  /** Shards that no record has, such as "2/3". */
  readonly missing: readonly string[]
}

interface Part extends NamedRecord {
  readonly context: RunContext
}

/** A run has one message of each of these kinds. */
const ONCE = ['meta', 'testRunStarted', 'testRunFinished'] as const

/** @throws UsageError when the records are of different targets, revisions or suites, or hold the same scenario twice */
export function mergeRecords(records: readonly NamedRecord[]): MergedRecord {
  const parts = records.map(({ name, envelopes }): Part => {
    const context = contextOf(envelopes)
    if (context === null)
      throw new UsageError(`The run that left the record in ${name} was killed before it began: leave it out, or run it again.`)
    return { name, envelopes, context }
  })
  const [first] = parts
  if (first === undefined) throw new UsageError('--merge: name the folders of the runs to merge.')
  for (const part of parts) refuseOthers(first, part)
  refuseRepeated(parts)
  const missing = missingShards(parts)
  const context = mergedContext(parts)
  return { envelopes: mergedMessages(parts, context), context, missing }
}

/** What has to be the same in each record, by the words of an error. */
const SAME: readonly (readonly [what: string, of: (context: RunContext) => unknown])[] = [
  ['kinds of target', ({ target }) => target.kind],
  ['targets', ({ target }) => target.baseUrl],
  ['paths of calls', ({ target }) => target.callsPath],
  ['profiles', ({ target }) => target.profile],
  ['deviations', ({ target }) => target.deviation],
  ['uses of --pseudonymise', ({ pseudonymised }) => pseudonymised],
  // Each run has pseudonyms of its own, which say nothing of the tenant.
  ['tenants', ({ configuration, pseudonymised }) => (pseudonymised ? null : configuration.GRAPH_TENANT_ID)],
  ['versions of the suite', ({ suite }) => suite.version],
  ['commits of the suite', ({ suite }) => suite.commit],
  ['strictness', ({ strict }) => strict],
  ['baselines', ({ baseline }) => JSON.stringify(baseline)],
]

function refuseOthers(first: Part, other: Part): void {
  for (const [what, of] of SAME) {
    const [left, right] = [of(first.context), of(other.context)]
    if (left !== right)
      throw new UsageError(
        `${first.name} and ${other.name} have different ${what} (${String(left ?? 'none')} and ${String(right ?? 'none')}): merge records of one target, one revision and one suite only.`,
      )
  }
}

/** Places of the scenarios that a record ran. */
function placesOf({ envelopes }: NamedRecord): ReadonlyMap<string, string> {
  const ran = new Set(envelopes.flatMap(({ testCase }) => testCase?.pickleId ?? []))
  return new Map(
    envelopes.flatMap(({ pickle }) => (pickle && ran.has(pickle.id) ? [[placeOf(pickle), pickle.name] as const] : [])),
  )
}

const placeOf = ({ uri, location }: NonNullable<Envelope['pickle']>) => `${uri}:${location?.line ?? 0}`

function refuseRepeated(parts: readonly Part[]): void {
  const seen = new Map<string, string>()
  for (const part of parts)
    for (const [place, scenario] of placesOf(part)) {
      const before = seen.get(place)
      if (before !== undefined)
        throw new UsageError(`"${scenario}" (${place}) is in ${before} and in ${part.name}: leave one of the two out.`)
      seen.set(place, part.name)
    }
}

function missingShards(parts: readonly Part[]): readonly string[] {
  const shards = parts.flatMap(({ context }) => context.selection.shard ?? [])
  const totals = [...new Set(shards.map((shard) => shard.split('/')[1]))]
  if (totals.length > 1)
    throw new UsageError(`The shards are of different divisions (${shards.join(', ')}): merge the shards of one.`)
  const all = Array.from({ length: Number(totals[0] ?? 0) }, (_, at) => `${at + 1}/${totals[0]}`)
  return all.filter((shard) => !shards.includes(shard))
}

function mergedContext(parts: readonly Part[]): RunContext {
  const contexts = parts.map(({ context }) => context)
  const [first] = contexts as [RunContext]
  const stages = [...new Set(contexts.flatMap(({ selection }) => selection.stages))]
  const staged = contexts.every(({ selection }) => selection.stages.length > 0)
  const same = <Value>(of: (context: RunContext) => Value, otherwise: Value): Value =>
    new Set(contexts.map((one) => JSON.stringify(of(one)))).size === 1 ? of(first) : otherwise
  return {
    ...first,
    selection: {
      tags: same(({ selection }) => selection.tags, null),
      requirements: same(({ selection }) => selection.requirements, []),
      // Every stage together is no selection.
      stages: staged && stages.length < 3 ? stages : [],
      names: same(({ selection }) => selection.names, []),
      shard: null,
      seed: same(({ selection }) => selection.seed, null),
    },
    configuration: { ...first.configuration, 'Merged from': parts.map(describePart).join('; ') },
  }
}

function describePart({ context: { selection }, envelopes }: Part): string {
  const part =
    selection.shard === null ? selection.stages.map((stage) => `stage ${stage}`).join(', ') : `shard ${selection.shard}`
  const began = envelopes.find(({ testRunStarted }) => testRunStarted)?.testRunStarted?.timestamp
  const when = began ? new Date(milliseconds(began)).toISOString() : 'at an unknown time'
  return `${part || 'a run'} of ${when}`
}

/** One start, the earliest; one end, the latest; each scenario once: as it ran, or else as the first record has it. */
function mergedMessages(parts: readonly Part[], context: RunContext): Envelope[] {
  const ran = new Set(parts.flatMap((part) => [...placesOf(part).keys()]))
  const idle = new Set<string>()
  const all = parts.flatMap((part) => {
    const own = placesOf(part)
    return part.envelopes.filter((envelope) => {
      if (ONCE.some((kind) => envelope[kind] !== undefined)) return false
      if (envelope.attachment && contextOf([envelope]) !== null) return false
      if (!envelope.pickle) return true
      const place = placeOf(envelope.pickle)
      if (own.has(place)) return true
      if (ran.has(place) || idle.has(place)) return false
      idle.add(place)
      return true
    })
  })
  const of = <Kind extends (typeof ONCE)[number]>(kind: Kind) =>
    parts.flatMap(({ envelopes }) => envelopes.flatMap((one) => one[kind] ?? []))
  const time = ({ timestamp }: { timestamp: Parameters<typeof milliseconds>[0] }) => milliseconds(timestamp)
  const start = of('testRunStarted').sort((one, other) => time(one) - time(other))[0]
  const ends = of('testRunFinished').sort((one, other) => time(one) - time(other))
  const [meta] = of('meta')
  const end = ends.at(-1)
  const whole = ends.length === parts.length
  return [
    ...(meta ? [{ meta }] : []),
    ...(start ? [{ testRunStarted: start }] : []),
    contextMessage(context, start?.id),
    ...all,
    ...(end && whole ? [{ testRunFinished: { ...end, success: ends.every(({ success }) => success) } }] : []),
  ]
}
