// The lines of `--list`: the scenarios that would run, and on a tenant how many calls would be made and who would be rung.

import type { Envelope, Pickle } from '@cucumber/messages'
import type { Cast } from '../contract/cast'
import { loadDocumented } from '../contract/documented'
import { withSlashes } from '../contract/fixture'
import { readRun } from '../results/read-messages'

/** @param envelopes the messages of a dry run */
export function listLines(envelopes: readonly Envelope[], cast: Cast | null): string[] {
  const pickles = readRun(envelopes).scenarios.flatMap(({ pickle, selected }) => (selected ? [pickle] : []))
  const scenarios = pickles.map(
    ({ name, uri, location, tags }) =>
      `${tags.map((tag) => tag.name).join(' ')}  ${name}  (${withSlashes(uri)}:${location?.line ?? 0})`,
  )
  return [...scenarios, '', `${pickles.length} scenarios would run.`, ...(cast === null ? [] : callLines(pickles, cast))]
}

/** The people that the examples call: keys in the cast. */
const CALLED = new Set([...loadDocumented().examples.values()].flatMap(({ person }) => person ?? []))

const tagged = ({ tags }: Pickle, tag: string) => tags.some(({ name }) => name === tag)

/** A scenario makes one call unless it says that it makes none, or how many. */
function callsOf(pickle: Pickle): number {
  if (tagged(pickle, '@makes-no-call')) return 0
  const number = pickle.tags.map(({ name }) => /^@makes-calls:(\d+)$/.exec(name)?.[1]).find((one) => one !== undefined)
  return Number(number ?? 1)
}

/** Keys of the people whose clients ring: those that the steps name, or the one that the examples call. */
function rungBy({ steps }: Pickle, people: readonly string[]): readonly string[] {
  const named = people.filter((key) => steps.some(({ text }) => new RegExp(`\\b${key}\\b`).test(text)))
  return named.length === 0 ? [...CALLED] : named
}

function callLines(pickles: readonly Pickle[], { people, limits }: Cast): string[] {
  const calls = pickles.reduce((sum, pickle) => sum + callsOf(pickle), 0)
  const joins = pickles.filter((pickle) => tagged(pickle, '@joins')).reduce((sum, pickle) => sum + callsOf(pickle), 0)
  const rings = pickles.filter((pickle) => tagged(pickle, '@rings'))
  const rung = new Set(rings.flatMap((pickle) => rungBy(pickle, Object.keys(people))))
  const names = Object.entries(people).flatMap(([key, { displayName }]) => (rung.has(key) ? [displayName] : []))
  return [
    `${calls} calls would be made (limits.maxCalls allows ${limits.maxCalls}), ${joins} of them into meetings.`,
    rings.length === 0
      ? 'No one would be rung.'
      : `${names.join(' and ')} would be rung, ${rings.reduce((sum, pickle) => sum + callsOf(pickle), 0)} times in all.`,
  ]
}
