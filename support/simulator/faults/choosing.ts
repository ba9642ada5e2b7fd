// Which faults there are to arm, by id, and what somebody has written about one, checked: a fault with its values, or what is wrong and the remedy.
import { z } from 'zod'
import type { Armament } from '../wrapping'
import { type Fault, PARAMETERS, type Values } from './fault'
import { ROBUSTNESS } from './faults'
import { guarded } from './guarded'

export interface Chosen {
  readonly fault: Fault
  readonly values: Values
}

/** What is wrong with a field, as the end of a sentence that begins with the field, and what to write instead. */
export interface Misfit {
  readonly field: string
  readonly cause: string
  readonly remedy: string
}

function asFault(kind: Fault['kind'], source: string, armament: Armament): Fault {
  const { id, description } = armament
  return {
    id,
    kind,
    description,
    touches: 'whatever it changes',
    parameters: {},
    basis: null,
    source,
    work: (parts, aim) => guarded(armament, parts, aim),
  }
}

/** Loaded only when asked for: a start does not pay for it. @throws FixtureError when the documented messages cannot be read */
function catalogue(): readonly Fault[] {
  const { BEHAVIOURS, ALLOWED_VARIATIONS } =
    require('../../mutation/catalogue') as typeof import('../../mutation/catalogue/index')
  const { mechanicalDeviations } =
    require('../../mutation/generated/mechanical') as typeof import('../../mutation/generated/mechanical')
  const { deviations, leftOut } = mechanicalDeviations()
  return [
    ...[...BEHAVIOURS, ...deviations].map((one) => asFault('deviation', `breaks ${one.requirement}`, one)),
    ...ALLOWED_VARIATIONS.map((one) => asFault('twin', `lawful: ${one.lawful}`, one)),
    ...leftOut.filter(({ because }) => because === 'lawful').map((one) => asFault('twin', `lawful: ${one.reason}`, one)),
  ]
}

/** Every fault: first those that break no rule, then the catalogue of deviations and legal twins. */
export function allFaults(): readonly Fault[] {
  return [...ROBUSTNESS, ...catalogue()]
}

/** What was written of a fault, without how often and where it is armed. */
export function choose(id: string, written: Readonly<Record<string, unknown>>): Chosen | readonly [Misfit, ...Misfit[]] {
  const fault = ROBUSTNESS.find((one) => one.id === id) ?? catalogue().find((one) => one.id === id)
  if (fault === undefined) return [unknownFault(id)]
  const checked = schemaOf(fault).safeParse(written, { reportInput: true })
  if (checked.success) return { fault, values: checked.data as Values }
  const [first, ...others] = checked.error.issues.flatMap((issue) => misfitsOf(fault, issue))
  if (first === undefined) throw checked.error
  return [first, ...others]
}

function schemaOf({ parameters }: Fault): z.ZodObject {
  const fields = Object.entries(parameters).map(([name, value]) => {
    const schema: z.ZodType = PARAMETERS[name as keyof typeof PARAMETERS]
    return [name, schema.default(value as never)]
  })
  return z.strictObject(Object.fromEntries(fields))
}

function misfitsOf({ id, parameters }: Fault, issue: z.core.$ZodIssue): readonly Misfit[] {
  if (issue.code === 'unrecognized_keys') {
    const names = Object.keys(parameters)
    const remedy = names.length === 0 ? 'leave it out, it takes none' : `write ${names.join(', ')}`
    return issue.keys.map((field) => ({ field, cause: `is no parameter of ${id}`, remedy }))
  }
  const field = String(issue.path[0])
  return [{ field, cause: 'does not fit', remedy: `write ${PARAMETERS[field as keyof typeof PARAMETERS].description}` }]
}

/** How many ids are named to somebody who has written none of them. */
const NEAREST = 3

function unknownFault(id: string): Misfit {
  const ids = allFaults().map((one) => one.id)
  const nearest = ids
    .map((one) => ({ one, far: distance(id, one) }))
    .sort((left, right) => left.far - right.far)
    .slice(0, NEAREST)
  const shown = id.length > 60 ? `${id.slice(0, 60)}…` : id
  return {
    field: 'fault',
    cause: `is ${JSON.stringify(shown)}, which there is none of`,
    remedy: `write ${nearest.map(({ one }) => one).join(', ')} or another that the operation faults lists`,
  }
}

/** How many letters must be put in, left out or replaced to make one text of the other (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (const [index, letter] of [...from.slice(0, 100)].entries()) {
    const next = [index + 1]
    for (let at = 1; at <= to.length; at++) {
      const replaced = (row[at - 1] ?? 0) + (letter === to[at - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
