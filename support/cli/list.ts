// The lines of `--list`: the scenarios that would run, and on a tenant how many calls would be made and who would be rung.

import type { Envelope, Pickle } from '@cucumber/messages'
import type { Cast } from '../contract/cast'
import { withSlashes } from '../contract/fixture'
import { readRun } from '../results/read-messages'
import type { Library } from '../suite/library'

/** The documented messages that a run is held to, and the cast whose values they hold. */
type Messages = Pick<Library, 'documented' | 'documentedCast'>

/** @param envelopes the messages of a dry run */
export function listLines(envelopes: readonly Envelope[], cast: Cast | null, messages: Messages): string[] {
  const pickles = readRun(envelopes).scenarios.flatMap(({ pickle, selected }) => (selected ? [pickle] : []))
  const scenarios = pickles.map(
    ({ name, uri, location, tags }) =>
      `${tags.map((tag) => tag.name).join(' ')}  ${name}  (${withSlashes(uri)}:${location?.line ?? 0})`,
  )
  return [
    ...scenarios,
    '',
    `${pickles.length} scenarios would run.`,
    ...(cast === null ? [] : callLines(pickles, cast, messages)),
  ]
}

const tagged = ({ tags }: Pickle, tag: string) => tags.some(({ name }) => name === tag)

/** A scenario makes one call unless it says that it makes none, or how many. */
function callsOf(pickle: Pickle): number {
  if (tagged(pickle, '@makes-no-call')) return 0
  const number = pickle.tags.map(({ name }) => /^@makes-calls:(\d+)$/.exec(name)?.[1]).find((one) => one !== undefined)
  return Number(number ?? 1)
}

/** Keys of the people whose clients ring: those that the steps name, or those that the requests call; of example 1 where none is named. */
function rungBy({ steps }: Pickle, people: readonly string[], messages: Messages): readonly string[] {
  const named = people.filter((key) => steps.some(({ text }) => new RegExp(`\\b${key}\\b`).test(text)))
  if (named.length > 0) return named
  const sent = steps.flatMap(({ text }) =>
    [...text.matchAll(/\bthe request of example (\d+)/g)].map(([, number]) => Number(number)),
  )
  return (sent.length === 0 ? [1] : sent).flatMap((number) => calledBy(number, messages))
}

/** Keys of the people that the request of an example calls. */
function calledBy(number: number, { documented, documentedCast }: Messages): readonly string[] {
  const targets = JSON.stringify(documented.examples.get(number)?.request.targets ?? [])
  return Object.entries(documentedCast.people).flatMap(([key, { id }]) => (targets.includes(JSON.stringify(id)) ? [key] : []))
}

function callLines(pickles: readonly Pickle[], { people, limits }: Cast, messages: Messages): string[] {
  const calls = pickles.reduce((sum, pickle) => sum + callsOf(pickle), 0)
  const joins = pickles.filter((pickle) => tagged(pickle, '@joins')).reduce((sum, pickle) => sum + callsOf(pickle), 0)
  const rings = pickles.filter((pickle) => tagged(pickle, '@rings'))
  const rung = new Set(rings.flatMap((pickle) => rungBy(pickle, Object.keys(people), messages)))
  const names = Object.entries(people).flatMap(([key, { displayName }]) => (rung.has(key) ? [displayName] : []))
  return [
    `${calls} calls would be made (limits.maxCalls allows ${limits.maxCalls}), ${joins} of them into meetings.`,
    rings.length === 0
      ? 'No one would be rung.'
      : `${names.join(' and ')} would be rung, ${rings.reduce((sum, pickle) => sum + callsOf(pickle), 0)} times in all.`,
  ]
}
