// The tables of the simulator's guide as the simulator's own tables tell them: what is played, what is not, what is assumption.
import { ASSUMED_ROWS, IN_CODE } from '../../support/simulator/assumptions'
import { OPERATIONS } from '../../support/simulator/control/operations'
import { FAULTS } from '../../support/simulator/faults/fault-list'
import { MODELLED, ONLINE_MEETINGS, PARTICIPANT, UNMODELLED, UNMODELLED_MEETINGS } from '../../support/simulator/http/routes'

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => ':--'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).map((row) => row.replace(/^\| :--.*$/, rule))

const rule = (row: string) => row.replaceAll(' ', '')

const OF: Readonly<Record<(typeof MODELLED)[number]['kind'], string>> = {
  get: 'the call',
  delete: 'hang up',
  'keep-alive': 'answered 200; nothing ends a call that sends none',
  participants: 'the roster as the bot sees it; nobody in a call between two',
}

/** Each with its head, row by row. */
export function tables() {
  return {
    operations: table(
      ['Operation', ''],
      OPERATIONS.map(({ name, description }) => [`\`${name}\``, description]),
    ),
    faults: table(
      ['Fault', '', 'Parameters', 'Basis'],
      FAULTS.map(({ id, description, parameters, basis }) => [
        `\`${id}\``,
        description,
        Object.entries(parameters)
          .map(([name, value]) => `\`${name}\` (${value})`)
          .join(', ') || 'none',
        basis,
      ]),
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
      ASSUMED_ROWS.map(({ what, basis, source }) => [what, basis, source]),
    ),
    inCode: table(
      ['File', 'What is assumed'],
      IN_CODE.map(({ file, what }) => [`\`${file}\``, what]),
    ),
  }
}

const braced = (route: string) => route.replace(/:(\w+)/g, '{$1}')
