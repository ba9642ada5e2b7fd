// Compares what was received with what is documented: a difference fails the scenario, unless it is known drift.
import { NonConformance } from '../contract/failures'
import type { Json } from '../contract/json'
import { howTheyDiffer, shownText } from '../contract/shown'
import { type Compared, sortDrift } from '../judge/drift'
import { type Difference, describeDifferences, differences, type Pattern } from '../judge/pattern'
import type { AskedCall, Session } from './session'

/**
 * @param of kind of message; `other`: one without known drift
 * @param subject names in the failure message what is compared
 * @throws NonConformance that names every difference that no known drift explains
 */
export function compare(
  session: Session,
  { bindings, expected }: AskedCall,
  of: Compared | 'other',
  subject: string,
  pattern: Pattern,
  actual: Json,
): void {
  const left = withoutDrift(session, expected, of, differences(pattern, actual, bindings), actual)
  if (left.length > 0) throw new NonConformance(describeDifferences(subject, left))
}

/** The differences that no known drift explains. Records the drift. */
export function withoutDrift(
  session: Session,
  { request }: AskedCall['expected'],
  of: Compared | 'other',
  found: readonly Difference[],
  actual: Json,
): readonly Difference[] {
  if (of === 'other') return found
  const { drift, left } = sortDrift(of, found, actual, request)
  for (const number of drift) session.drift.add(number)
  return left
}

/** Whether a comparison would pass, known drift allowed. Neither binds nor records anything. */
export function wouldPass({ bindings, expected }: AskedCall, of: Compared, pattern: Pattern, actual: Json): boolean {
  const found = differences(pattern, actual, new Map(bindings))
  return sortDrift(of, found, actual, expected.request).left.length === 0
}

export function compareLocation(session: Session, call: AskedCall, subject: string, documented: string): void {
  const location = call.reply.headers.get('location')
  if (location === null) throw new NonConformance(`${subject} has no Location; documented: ${documented} (CC-03)`)
  if (location === documented) return
  const { drift, left } = sortDrift('location', [{ path: '', expected: documented, actual: location }], location)
  for (const number of drift) session.drift.add(number)
  if (left.length > 0)
    throw new NonConformance(
      `${subject} has Location ${shownText(location)}${lookingSame(documented, location)}; documented: ${documented} (CC-03)`,
    )
}

/** Says how a received text differs from the expected one where both are shown alike; empty where they are not. */
export function lookingSame(expected: string, received: string): string {
  return shownText(expected) === shownText(received) ? ` (differs where it is masked: ${howTheyDiffer(expected, received)})` : ''
}
