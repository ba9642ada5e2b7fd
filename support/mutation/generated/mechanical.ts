// Generates deviations from the documented messages: every printed member of every message, wrong in every way.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import type { Armament, Deviation, Parts } from '../../simulator/wrapping'
import { FURTHER_VALUES, MUTATIONS, type Mutation } from './mutations'
import { membersOf, type Path, type PathStep, type PrintedMessage, printedMessages, rewrittenAt } from './printed'
import { LEFT_OUT, type LeftOut, leads, RULES, rowFor } from './rules'

export interface MechanicalDeviation extends Deviation {
  /** What a failure must say about the member: its path as comparisons print it, or what the table has instead. */
  readonly names: RegExp
  /** Examples whose messages it changes; the first prints the message. */
  readonly examples: readonly number[]
}

/** A mutation that breaks no rule, and why; with the requirement that the member belongs to. */
interface LeftOutMutation
  extends Armament,
    Pick<MechanicalDeviation, 'examples' | 'requirement'>,
    Pick<LeftOut, 'because' | 'reason'> {}

interface Mechanical {
  readonly deviations: readonly MechanicalDeviation[]
  readonly leftOut: readonly LeftOutMutation[]
}

/**
 * Generates all of them, in the order of the messages and of their members.
 * @throws Error when a member belongs to no requirement
 * @throws FixtureError when the documented messages cannot be read
 */
export function mechanicalDeviations(messages: readonly PrintedMessage[] = printedMessages()): Mechanical {
  const deviations: MechanicalDeviation[] = []
  const leftOut: LeftOutMutation[] = []
  for (const message of messages) {
    for (const { path, printed } of membersOf(message.printed)) {
      const steps = path.map(nameOf)
      for (const mutation of MUTATIONS.filter(({ fits }) => fits(path))) {
        const made = generated(message, path, mutation)
        const ofNull = printed === null ? mutation.notOfNull : null
        const excluded: Pick<LeftOut, 'because' | 'reason'> | undefined =
          ofNull === null ? rowFor(LEFT_OUT, message.name, steps, mutation.id) : { because: 'changes nothing', reason: ofNull }
        const { requirement, names } = ruleFor(message, path, mutation.id)
        if (excluded === undefined) deviations.push({ ...made, requirement, names: naming(path, names) })
        else leftOut.push({ ...made, requirement, because: excluded.because, reason: excluded.reason })
      }
    }
    deviations.push(...withFurtherValues(message))
  }
  return { deviations, leftOut }
}

/** The deviations of one message from the table of further values. */
function withFurtherValues(message: PrintedMessage): readonly MechanicalDeviation[] {
  const paths = [[], ...membersOf(message.printed).map(({ path }) => path)]
  return FURTHER_VALUES.filter(({ of }) => of === message.name).flatMap(({ at, values, ...exception }) =>
    paths
      .filter((path) => leads(at.split('/').filter(Boolean), path.map(nameOf)))
      .flatMap((path) =>
        Object.entries(values).map(([id, value]) => {
          const rewrite = typeof value === 'function' ? value : () => value
          const { requirement, names } = { ...(path.length === 0 ? null : ruleFor(message, path, 'value')), ...exception }
          if (requirement === undefined) throw new Error(`${message.name}/${id} has no requirement: name it in its row`)
          const made = generated(message, path, { id, description: id.replaceAll('-', ' '), rewrite })
          return { ...made, requirement, names: naming(path, names) }
        }),
      ),
  )
}

function ruleFor({ name }: PrintedMessage, path: Path, mutation: string) {
  const steps = path.map(nameOf)
  const rule = rowFor(RULES, name, steps, mutation)
  if (rule !== undefined) return rule
  const id = `${name}/${steps.join('.')}/${mutation}`
  throw new Error(`${id} has no requirement: give it a row in RULES, and one in LEFT_OUT where it breaks none`)
}

function generated(
  message: PrintedMessage,
  path: Path,
  mutation: { readonly id: string } & Pick<Mutation, 'description' | 'rewrite'>,
) {
  const place = path.map(nameOf).join('.')
  return {
    id: [message.name, ...(place === '' ? [] : [place]), mutation.id].join('/'),
    description: `In ${message.title}, ${place === '' ? 'the body' : place} ${mutation.description}.`,
    examples: message.examples,
    wrap: wrapping(message, path, mutation),
  }
}

function nameOf(step: PathStep): string {
  return typeof step === 'object' ? step.every : String(step)
}

/**
 * The path of a member as a comparison prints it at the beginning of a line: from the answer, from the entry of a notification, or from a
 * participant. A post with an invalid shape has one sentence instead, with the path from the root of the post and dots; missing members of
 * the answer have one list.
 */
function naming(path: Path, instead: RegExp | undefined): RegExp {
  if (path.length === 0 && instead !== undefined) return instead
  // For an entry of a list the failure names the list: an entry is missing or unexpected.
  const named = typeof path.at(-1) === 'number' ? path.slice(0, -1) : path
  const root = named.findLastIndex((step) => typeof step === 'object')
  const inner = root !== -1 ? named.slice(root + 1) : named[0] === 'value' ? named.slice(2) : named
  const indexed = inner.map((step) => (typeof step === 'number' ? `[${step}]` : `.${nameOf(step)}`)).join('')
  const compared =
    root === -1
      ? `^  ${escaped(indexed.replace(/^\./, ''))}[:.[]`
      : `^  (?:resourceData\\[\\d+\\]${escaped(indexed)}[:.[]|${escaped(indexed.replace(/^\./, '') || '@')}[:.[])`
  const refused = `[:;] ${escaped(named.filter((step) => typeof step !== 'object').join('.'))}[:.]`
  const lacking = named.length === 1 ? [`lacks (?:[^;]*, )?${escaped(nameOf(named[0] as PathStep))}[,;]`] : []
  return new RegExp([compared, refused, ...lacking, ...(instead === undefined ? [] : [instead.source])].join('|'), 'm')
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** Rewrites a member wherever the message leaves the simulator. One simulator remembers the earlier values. */
function wrapping({ by, is }: PrintedMessage, path: Path, { rewrite }: Pick<Mutation, 'rewrite'>) {
  const name = String(path.findLast((step) => typeof step === 'string'))
  return ({ graph, post }: Parts): Partial<Parts> => {
    const earlier: Json[] = []
    const mutated = (body: JsonObject): JsonObject =>
      rewrittenAt(body, path, (was) => {
        const now = rewrite(was, name, earlier)
        earlier.push(was)
        return now
      }) as JsonObject
    if (by === 'post')
      return {
        post: (notification) =>
          post(is(notification.body) ? { ...notification, body: mutated(notification.body) } : notification),
      }
    return {
      graph: async (request) => {
        const response = await graph(request)
        if (response.status !== 201) return response
        const { status, headers } = response
        const body: unknown = await response.json()
        const next = isObject(body) && is(body) ? mutated(body) : body
        return new Response(JSON.stringify(next), { status, headers })
      },
    }
  }
}
