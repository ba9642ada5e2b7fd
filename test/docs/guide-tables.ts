// The tables of the simulator's guide from our own tables: operations of the control API, faults, and join addresses.
import { SHAPES } from '../../support/contract/join-address-shapes'
import { WRAPPERS } from '../../support/contract/join-address-wrappers'
import { OPERATIONS } from '../../support/simulator/control/operations'
import { FAULTS } from '../../support/simulator/faults/fault-list'

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => ':--'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).map((row) => row.replace(/^\| :--.*$/, rule))

const rule = (row: string) => row.replaceAll(' ', '')

/** As code in a table. */
const code = (text: string) => `\`${text}\``

/** Each with its head, row by row. */
export function tables() {
  return {
    operations: table(
      ['Operation', ''],
      OPERATIONS.map(({ name, description }) => [`\`${name}\``, description]),
    ),
    addresses: table(
      ['Address', 'Kind', 'Basis', 'Source'],
      [
        ...SHAPES.map(({ form, kind, basis, source }) => [code(form), code(kind), basis, source]),
        ...WRAPPERS.map(({ form, basis, source }) => [code(form), 'wrapper', basis, source]),
      ],
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
