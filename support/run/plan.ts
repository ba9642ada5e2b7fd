// What a run would do, told before it does it: scenarios, and on a tenant who would be rung and how many calls would be made.
import type { Envelope, Pickle } from '@cucumber/messages'
import type { Cast } from '../contract/cast'

/** The lines of `--list`, from the messages of a dry run. */
export function plan(envelopes: readonly Envelope[], cast: Cast | null): string[] {
  const selected = new Set(envelopes.flatMap(({ testCase }) => (testCase ? [testCase.pickleId] : [])))
  const pickles = envelopes.flatMap(({ pickle }) => (pickle && selected.has(pickle.id) ? [pickle] : []))
  const scenarios = pickles.map(
    ({ name, uri, location, tags }) => `${tags.map((tag) => tag.name).join(' ')}  ${name}  (${uri}:${location?.line ?? 0})`,
  )
  return [...scenarios, '', `${pickles.length} scenarios would run.`, ...(cast === null ? [] : disturbances(pickles, cast))]
}

/** A scenario makes one call unless it says that it makes none, or that it makes several. */
function disturbances(pickles: readonly Pickle[], { people, limits }: Cast): string[] {
  const tagged = (tag: string) => pickles.filter(({ tags }) => tags.some(({ name }) => name === tag))
  const calls = pickles.length - tagged('@makes-no-call').length
  const rings = tagged('@rings')
  const rung = Object.entries(people).filter(([key]) =>
    rings.some(({ steps }) => steps.some(({ text }) => new RegExp(`\\b${key}\\b`).test(text))),
  )
  return [
    `${calls} calls would be made (limits.maxCalls allows ${limits.maxCalls}), ${tagged('@joins').length} of them into meetings.`,
    rings.length === 0
      ? 'Nobody would be rung.'
      : `${rung.map(([, { displayName }]) => displayName).join(', ')} would be rung ${rings.length} times.`,
  ]
}
