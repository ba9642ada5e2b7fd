// Mechanical deviations: every printed member of every message, wrong in every way; made from the documented messages, not written.
import type { ExampleNumber } from '../../contract/documented'
import { isObject, type Json, type JsonObject } from '../../contract/json'
import type { Armament, Deviation, Parts } from '../../simulator/wrapping'
import { LEFT_OUT, type LeftOut, RULES, rowFor } from './mechanical-rules'
import { MUTATIONS, type Mutation } from './mutations'
import { membersOf, type Path, type PrintedMessage, printedMessages, rewrittenAt, type Step } from './printed'

export interface MechanicalDeviation extends Deviation {
  /** What a message must contain that is about the member: its path as comparisons tell it, or what the table says instead. */
  readonly names: RegExp
  /** Examples whose messages it changes; the first prints the message. */
  readonly examples: readonly ExampleNumber[]
}

/** A mutation that breaks no rule, and why; with the requirement that the member belongs to. */
export interface LeftOutMutation
  extends Armament,
    Pick<MechanicalDeviation, 'examples' | 'requirement'>,
    Pick<LeftOut, 'because' | 'reason'> {}

export interface Mechanical {
  readonly deviations: readonly MechanicalDeviation[]
  readonly leftOut: readonly LeftOutMutation[]
}

/**
 * Makes them all, in the order of the messages and of their members.
 * @throws Error when a member belongs to no requirement
 * @throws FixtureError when the documented messages cannot be read
 */
export function mechanicalDeviations(messages: readonly PrintedMessage[] = printedMessages()): Mechanical {
  const deviations: MechanicalDeviation[] = []
  const leftOut: LeftOutMutation[] = []
  for (const message of messages) {
    for (const { path, printed } of membersOf(message.printed)) {
      const steps = path.map(told)
      for (const mutation of MUTATIONS.filter(({ fits }) => fits(path))) {
        const made = {
          id: `${message.name}/${steps.join('.')}/${mutation.id}`,
          description: `In ${message.told}, ${steps.join('.')} ${mutation.told}.`,
          examples: message.examples,
          wrap: wrapped(message, path, mutation),
        }
        const ofNull = printed === null ? mutation.notOfNull : null
        const excluded: Pick<LeftOut, 'because' | 'reason'> | undefined =
          ofNull === null ? rowFor(LEFT_OUT, message.name, steps, mutation.id) : { because: 'changes nothing', reason: ofNull }
        const rule = rowFor(RULES, message.name, steps, mutation.id)
        if (rule === undefined)
          throw new Error(`${made.id} has no requirement: give it a row in RULES, and one in LEFT_OUT where it breaks none`)
        const { requirement, names } = rule
        if (excluded === undefined) deviations.push({ ...made, requirement, names: naming(path, names) })
        else leftOut.push({ ...made, requirement, because: excluded.because, reason: excluded.reason })
      }
    }
  }
  return { deviations, leftOut }
}

function told(step: Step): string {
  return typeof step === 'object' ? step.every : String(step)
}

/**
 * A member's path as a comparison tells it at the beginning of a line, with what is in it: from the answer, from the entry of a
 * notification, or from a participant. A post of another shape altogether is told in one sentence, from the root of the post and with
 * dots; members that the answer lacks are told in one list.
 */
function naming(path: Path, instead: RegExp | undefined): RegExp {
  // Of the entry of a list the list is told: one is missing, or too many.
  const named = typeof path.at(-1) === 'number' ? path.slice(0, -1) : path
  const root = named.findLastIndex((step) => typeof step === 'object')
  const inner = root !== -1 ? named.slice(root + 1) : named[0] === 'value' ? named.slice(2) : named
  const indexed = inner.map((step) => (typeof step === 'number' ? `[${step}]` : `.${told(step)}`)).join('')
  const compared =
    root === -1
      ? `^  ${escaped(indexed.replace(/^\./, ''))}[:.[]`
      : `^  (?:resourceData\\[\\d+\\]${escaped(indexed)}[:.[]|${escaped(indexed.replace(/^\./, '') || '@')}[:.[])`
  const refused = `[:;] ${escaped(named.filter((step) => typeof step !== 'object').join('.'))}[:.]`
  const lacking = named.length === 1 ? [`lacks (?:[^;]*, )?${escaped(told(named[0] as Step))}[,;]`] : []
  return new RegExp([compared, refused, ...lacking, ...(instead === undefined ? [] : [instead.source])].join('|'), 'm')
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** Rewrites a member wherever the message leaves the simulator. What stood there before is remembered for one simulator. */
function wrapped({ by, is }: PrintedMessage, path: Path, { rewrite }: Mutation) {
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
