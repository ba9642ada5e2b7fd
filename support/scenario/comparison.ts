// Comparing what came with what is documented: a difference is the target's fault, unless it is drift that is known.
import { NonConformance } from '../contract/faults'
import type { Json } from '../contract/json'
import { differences, type Pattern } from '../judge/pattern'
import { differencesTold } from '../judge/told'
import type { AskedCall, Session } from './session'

/**
 * @param subject of the message: what is compared, in words
 * @throws NonConformance that names every difference
 */
export function compare(_session: Session, { bindings }: AskedCall, subject: string, pattern: Pattern, actual: Json): void {
  const found = differences(pattern, actual, bindings)
  if (found.length > 0) throw new NonConformance(differencesTold(subject, found))
}
