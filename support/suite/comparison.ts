// Comparing what came with what is documented: a difference is the target's fault, unless it is drift that is known.
import { NonConformance } from '../contract/faults'
import type { Json } from '../contract/json'
import { shownText } from '../contract/shown'
import { differencesTold } from '../judge/describe'
import { type Compared, sortDrift } from '../judge/drift'
import { type Difference, differences, type Pattern } from '../judge/pattern'
import type { AskedCall, Session } from './session'

/**
 * @param of what is compared; `other`: nothing that drifts
 * @param subject of the message: what is compared, in words
 * @throws NonConformance that names every difference that no known drift explains
 */
export function compare(
  session: Session,
  call: AskedCall,
  of: Compared | 'other',
  subject: string,
  pattern: Pattern,
  actual: Json,
): void {
  judge(session, call, of, subject, differences(pattern, actual, call.bindings), actual)
}

/** Whether a comparison would hold, with or without known drift. Nothing is bound and nothing noted. */
export function wouldHold({ bindings, expected }: AskedCall, of: Compared, pattern: Pattern, actual: Json): boolean {
  const found = differences(pattern, actual, new Map(bindings))
  return sortDrift(of, found, actual, expected.request).left.length === 0
}

/** The Location of a new call against the documented address. */
export function compareLocation(session: Session, call: AskedCall, subject: string, documented: string): void {
  const location = call.reply.headers.get('location')
  if (location === null) throw new NonConformance(`${subject} has no Location; documented: ${documented} (CC-03)`)
  if (location === documented) return
  const { drift, left } = sortDrift('location', [{ path: '', expected: documented, actual: location }], location)
  note(session, drift)
  if (left.length > 0)
    throw new NonConformance(`${subject} has Location ${shownText(location)}; documented: ${documented} (CC-03)`)
}

function judge(
  session: Session,
  { expected }: AskedCall,
  of: Compared | 'other',
  subject: string,
  found: readonly Difference[],
  actual: Json,
): void {
  const { drift, left } = of === 'other' ? { drift: [], left: found } : sortDrift(of, found, actual, expected.request)
  note(session, drift)
  if (left.length > 0) throw new NonConformance(differencesTold(subject, left))
}

function note({ drift }: Session, numbers: readonly string[]): void {
  for (const number of numbers) drift.add(number)
}
