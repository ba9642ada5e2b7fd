// The tables of the simulator's guide as the simulator's own tables tell them: what is played, what is not, what is assumption.
import { OPERATIONS } from '../support/simulator/control/operations'
import type { Sourced } from '../support/simulator/core/basis'
import { ERRORS } from '../support/simulator/core/errors'
import { FORMS } from '../support/simulator/core/forms'
import { LIFE_CYCLE } from '../support/simulator/core/life-cycle'
import { NEW_CALL } from '../support/simulator/core/new-call'
import { CALL_MEMBERS } from '../support/simulator/core/notifications'
import { ONLINE_MEETING } from '../support/simulator/core/online-meetings'
import { ENDS } from '../support/simulator/core/result-codes'
import { DURATIONS } from '../support/simulator/core/settings'
import { MODELLED, ONLINE_MEETINGS, PARTICIPANT, UNMODELLED, UNMODELLED_MEETINGS } from '../support/simulator/wire/routes'

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => ':--'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).map((row) => row.replace(/^\| :--.*$/, rule))

const rule = (row: string) => row.replaceAll(' ', '')

const OF: Readonly<Record<(typeof MODELLED)[number]['kind'], string>> = {
  get: 'the call',
  delete: 'hang up',
  'keep-alive': 'answered 200; nothing ends a call that sends none',
  participants: 'the roster as the bot sees it; nobody in a call between two',
}

/** Every row with a basis, and what it says, in words. */
const SOURCED: readonly (readonly [what: string, row: Sourced])[] = [
  ...FORMS.map((row) => [`form ${row.name}`, row] as const),
  ...Object.entries(ERRORS).map(([name, row]) => [`error ${name}: ${row.status} ${row.code}`, row] as const),
  ...LIFE_CYCLE.map((row) => [`${row.from}, ${row.event}: ${row.to}`, row] as const),
  ...NEW_CALL.map((row) => [`member ${row.name} of a new call`, row] as const),
  ...ONLINE_MEETING.map((row) => [`member ${row.name} of an online meeting`, row] as const),
  ...CALL_MEMBERS.map((row) => [`members of a call that is ${row.phase}, between ${row.between}`, row] as const),
  ...Object.entries(ENDS).map(([name, row]) => [`end ${name}: ${row.code}/${row.subcode}`, row] as const),
  ...Object.entries(DURATIONS).map(([name, row]) => [`${name} takes ${row.ms / 1000} s`, row] as const),
]

/** Each with its head, row by row. */
export function tables() {
  return {
    operations: table(
      ['Operation', ''],
      OPERATIONS.map(({ name, description }) => [`\`${name}\``, description]),
    ),
    played: table(
      ['Request', ''],
      [
        ...MODELLED.map(({ method, path, kind }) => [`\`${method} /{id}${path}\``, OF[kind]]),
        [`\`GET /{id}${braced(PARTICIPANT)}\``, 'one of them'],
        [`\`GET ${ONLINE_MEETINGS}/{id}\``, 'a meeting, by its conference id'],
      ],
    ),
    notPlayed: [
      ...UNMODELLED.map((route) => `- \`${braced(route).replace(' ', ' /{id}')}\``),
      ...UNMODELLED_MEETINGS.map((path) => `- \`GET ${braced(path)}\``),
    ],
    assumptions: table(
      ['What', 'Basis', 'Source'],
      SOURCED.filter(([, { basis, source }]) => basis === 'assumption' || source.includes('assumption')).map(
        ([what, { basis, source }]) => [what, basis, source],
      ),
    ),
  }
}

const braced = (route: string) => route.replace(/:(\w+)/g, '{$1}')
