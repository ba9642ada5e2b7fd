// Tables of notifications in features, read into rows: every cell is checked, so that a slip of the pen is never a lawful target.
import type { DataTable } from '@cucumber/cucumber'
import { z } from 'zod'
import { HarnessError } from '../contract/faults'
import type { Row } from '../judge/sequence'

const names = z.string().transform((text) => text.split(',').map((name) => name.trim()))
const change = z.enum(['created', 'updated', 'deleted'])

const callRow = z
  .strictObject({
    of: z.literal('call'),
    change,
    state: z.string().min(1),
    who: z.literal('').optional(),
    'in the lobby': z.literal('').optional(),
  })
  .transform(({ of, change, state }): Row => ({ of, change, state, who: [], inLobby: false }))

const rosterRow = z
  .strictObject({
    of: z.literal('roster'),
    change,
    state: z.literal('').optional(),
    who: names,
    'in the lobby': z.enum(['yes', 'no', '']).optional(),
  })
  .transform(({ of, change, who, ...rest }): Row => ({ of, change, state: null, who, inLobby: rest['in the lobby'] === 'yes' }))

const rows = z.array(z.discriminatedUnion('of', [callRow, rosterRow])).min(1)

export function rowsOf(table: DataTable): readonly Row[] {
  const read = rows.safeParse(table.hashes())
  if (read.success) return read.data
  const faults = read.error.issues.map(
    ({ path: [row, column], message }) => `row ${Number(row) + 1}, "${String(column)}": ${message}`,
  )
  throw new HarnessError(`the table of notifications cannot be read: ${faults.join('; ')}`)
}
