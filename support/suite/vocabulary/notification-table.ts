// Tables of notifications in features, read into rows: every cell is checked, so that a slip of the pen is never a lawful target.
import type { DataTable } from '@cucumber/cucumber'
import { z } from 'zod'
import { HarnessError } from '../../contract/faults'
import type { Row } from '../../judge/sequence'
import { THE_BOT } from '../../judge/setting'

/** Source: resource page of call, November 2019. */
const STATES = [
  'incoming',
  'establishing',
  'ringing',
  'established',
  'hold',
  'transferring',
  'transferAccepted',
  'redirecting',
  'terminating',
  'terminated',
]

const names = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim()))
  .refine((who) => !who.includes(''), 'write at least one name, and one on each side of a comma')
  .refine((who) => new Set(who).size === who.length, 'write each name once')
const change = z.enum(['created', 'updated', 'deleted'])

const callRow = z
  .strictObject({
    of: z.literal('call'),
    change,
    state: z.enum(STATES),
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
  .refine((row) => row['in the lobby'] !== 'yes' || row.who.includes(THE_BOT), {
    path: ['in the lobby'],
    message: `it says where ${THE_BOT} is, who is not on this roster`,
  })
  .transform(({ of, change, who, ...rest }): Row => ({ of, change, state: null, who, inLobby: rest['in the lobby'] === 'yes' }))

const rows = z.array(z.discriminatedUnion('of', [callRow, rosterRow]))

/** @throws HarnessError naming row and column of every cell that cannot be read */
export function rowsOf(table: DataTable): readonly Row[] {
  const read = rows.safeParse(table.hashes())
  if (read.data?.length === 0) throw new HarnessError('the table of notifications has no rows: write one at least')
  if (read.success) return read.data
  const faults = read.error.issues.map(
    ({ path: [row, column], message }) => `row ${Number(row) + 1}, "${String(column)}": ${message}`,
  )
  throw new HarnessError(`the table of notifications cannot be read: ${faults.join('; ')}`)
}
