// Where a deviation may also be seen outside of its requirement: a list with reasons, from the most general down.
import type { DeviationInfo } from '../targets/deviations'
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
    broken: /^CC-(0[1-5]|25|40)$|^answer-(call|join)\/(@odata\.type|id|state)\//,
    seenBy: /./,
    reason:
      'whoever makes a call looks whether it was made: status, type, id, state and Location of the answer, and word of it at the callback',
  },
  {
    broken: /^CC-2\d/,
    seenBy: /^CC-(2\d.?|13|19b)$/,
    reason: 'members of one answer: what is sent back has a type, and CC-13 and CC-19b compare the whole answer',
  },
  {
    broken: /^CC-(4\d.?|50)$/,
    seenBy: /^CC-(0[157]|13|2[23]|29.?|4\d.?|5[02]|6\d|7\d)$/,
    reason:
      'a table of notifications compares each with what is printed, and a post that is refused or cannot be recognised is missing everywhere',
  },
  {
    broken: /^CC-3\d$/,
    seenBy: /^CC-(13|4\d|6\d|7\d)$/,
    reason: 'what an example alone prints, as the names on its roster, is compared wherever such a message is awaited',
  },
  {
    broken: /^CC-6\d$/,
    seenBy: /^CC-(4[35-7]|6\d|72)$/,
    reason: 'how a guest fares and how calls end is told by tables of whole sequences, which share their rows',
  },
  {
    broken: /^CC-(0[6-9]|1[0-2])$/,
    seenBy: /^CC-(0[6-9]|1[0-2])$/,
    reason: 'an application with one permission asks for several forms of calls, and media need a permission besides',
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
