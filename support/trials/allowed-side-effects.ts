// Where a deviation may also be seen outside of its requirement: a list with reasons, from the most general down.
import type { DeviationInfo } from '../mutation'
import type { Tried } from './trial'

interface Allowance {
  /** What is broken: requirements, or the beginning of ids. */
  readonly broken: RegExp
  /** Requirements whose scenarios may then fail as well. */
  readonly seenBy: RegExp
  readonly reason: string
}

export const ALLOWED: readonly Allowance[] = [
  {
    broken: /-in-order-/,
    seenBy: /./,
    reason: 'what is in order is refused, or punished: whoever sends it sees that, whatever it is about',
  },
  {
    broken: /^CC-(0[124]|25|40)$|^answer-(call|join)\/id\//,
    seenBy: /./,
    reason: 'whoever makes a call looks whether it was made: the status and id of the answer, and word of it at the callback',
  },
  {
    broken: /^CC-(03|2\d)/,
    seenBy: /^CC-(02|2\d.?|13|19b)$/,
    reason:
      'parts of one answer: what is sent back has a type, CC-02 wants that of a call, and CC-13 and CC-19b compare all of it, with its Location',
  },
  {
    broken: /^CC-(4\d.?|50)$/,
    seenBy: /^CC-(0[157]|13|2[23]|29.?|4\d.?|5[02]|6\d|7\d)$/,
    reason:
      'a table of notifications compares each with what is printed, and a post that is refused or cannot be recognised is missing everywhere',
  },
  {
    broken: /^CC-3[0-5]$/,
    seenBy: /./,
    reason: 'an example keeps every rule that it is an example of: who looks at one of these sees what is wrong with the example',
  },
  {
    broken: /^CC-6\d$/,
    seenBy: /^CC-(29|4[35-7]|6\d|72)$/,
    reason: 'how a guest fares and how calls end is told by tables of whole sequences, which share their rows',
  },
  {
    broken: /^CC-(0[6-9]|1[0-2])$/,
    seenBy: /^CC-(0[5-9]|1[0-2]|2[23]|29b?|4[0258]|50|52)$/,
    reason:
      'an application with one permission asks for several forms of calls, media need a permission besides, and where two bots meet the second is one that may only join',
  },
  {
    broken: /^CC-(05|15|16)$/,
    seenBy: /^CC-(05|15|16)$/,
    reason: 'whichever check it fails, a token that is missing or bad is refused with the same answer',
  },
  {
    broken: /^CC-19$/,
    seenBy: /^CC-(22|66)$/,
    reason: 'what may be sent besides is sent by those who ask what comes back of it, or what it does',
  },
  {
    broken: /^CC-29$/,
    seenBy: /^CC-(52|65|67)$/,
    reason: 'whether a call goes on or has ended is looked up at Graph',
  },
]

/** Why a scenario may see a deviation although it is of another requirement; null when it may not. */
export function allowance(
  { id, requirement }: Pick<DeviationInfo, 'id' | 'requirement'>,
  { requirements }: Pick<Tried, 'requirements'>,
): string | null {
  const row = ALLOWED.find(
    ({ broken, seenBy }) => (broken.test(requirement) || broken.test(id)) && requirements.some((one) => seenBy.test(one)),
  )
  return row?.reason ?? null
}
