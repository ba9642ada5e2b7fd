// The tables of the simulator's guide from the simulator's own tables: operations of the control API, and faults.
import { OPERATIONS } from '../../support/simulator/control/operations'
import { FAULTS } from '../../support/simulator/faults/fault-list'

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => ':--'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).map((row) => row.replace(/^\| :--.*$/, rule))

const rule = (row: string) => row.replaceAll(' ', '')

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
  }
}
