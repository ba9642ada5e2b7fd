// A deviation or twin of the catalogue as a fault: its wrapping is let near the messages that it may touch, and what it changed is found out.
import { AsyncLocalStorage } from 'node:async_hooks'
import { isDeepStrictEqual } from 'node:util'
import type { Decision } from '../core/commands'
import type { State } from '../core/state'
import type { Armament, Parts } from '../wrapping'
import type { Aim, Working } from './fault'

/** What went through to the part behind the wrapping, in one use of it: arguments and results, as they can be compared. */
interface Trace {
  readonly passed: { readonly args: readonly unknown[]; readonly result: unknown }[]
}

type Name = keyof Parts

/** How the use of a part is compared: with what went in and came out behind the wrapping, and what a difference is called. */
interface Comparison {
  readonly words: string
  readonly same: (args: readonly unknown[], result: unknown, behind: Trace['passed'][number]) => boolean | Promise<boolean>
  /** Without effects: asked more than once, it is as it was when one of the times is. */
  readonly pure?: boolean
  /** What is kept of a result from behind, which the wrapping may use up. */
  readonly keep?: (result: unknown) => unknown
}

const shallow = (left: object, right: object): boolean =>
  Object.keys({ ...left, ...right }).every((name) => left[name as never] === right[name as never])

function sameDecision(left: Decision, right: Decision): boolean {
  const sameWords = isDeepStrictEqual([left.answer, left.effects], [right.answer, right.effects])
  return sameWords && shallow(left.state, right.state)
}

const headersOf = (init: unknown) => Object.entries((init as { headers?: object }).headers ?? {}).sort()

function samePost([url, init]: readonly unknown[], [urlBehind, initBehind]: readonly unknown[]): boolean {
  const [left, right] = [init as RequestInit, initBehind as RequestInit]
  const told = (one: RequestInit) => [one.method, one.body, headersOf(one)]
  return url === urlBehind && isDeepStrictEqual(told(left), told(right))
}

async function sameAnswer(left: Response, right: Response): Promise<boolean> {
  const told = async (one: Response) => [one.status, [...one.headers].sort(), await one.clone().text()]
  return isDeepStrictEqual(await told(left), await told(right))
}

const ANSWERING: Comparison = {
  words: 'is answered otherwise',
  keep: (result) => (result as Response).clone(),
  same: (args, result, behind) => args[0] === behind.args[0] && sameAnswer(result as Response, behind.result as Response),
}

const COMPARISONS: Readonly<Record<Name, Comparison>> = {
  decide: {
    words: 'is decided otherwise',
    pure: true,
    same: (args, result, behind) =>
      shallow(args[0] as State, behind.args[0] as State) &&
      args[1] === behind.args[1] &&
      // Where ids come from matters where some are made.
      (args[2] === behind.args[2] || (result as Decision).answer.kind !== 'created') &&
      sameDecision(result as Decision, behind.result as Decision),
  },
  graph: ANSWERING,
  login: ANSWERING,
  openid: ANSWERING,
  authenticate: {
    words: 'has its token judged otherwise',
    pure: true,
    same: (args, result, behind) => args[0] === behind.args[0] && isDeepStrictEqual(result, behind.result),
  },
  post: { words: 'is posted otherwise', same: (args, _, behind) => args[0] === behind.args[0] },
  sign: { words: 'comes with another token', same: (_, result, behind) => result === behind.result },
  deliver: {
    words: 'is carried otherwise',
    same: (args, result, behind) => samePost(args, behind.args) && result === behind.result,
  },
  after: { words: 'comes at another time', same: (args, _, behind) => args[0] === behind.args[0] },
}

type Use = (...args: readonly unknown[]) => unknown

/** The wrapping of an armament, let near one message after the other. */
export function guarded({ wrap }: Armament, parts: Parts, aim: Aim): Working {
  const traces = new AsyncLocalStorage<Trace>()
  const behind = over(parts, (name, use) => (...args) => {
    const trace = traces.getStore()
    const { keep = (result: unknown) => result } = COMPARISONS[name]
    const note = (result: unknown) => {
      trace?.passed.push({ args, result: keep(result) })
      return result
    }
    const failed = (error: unknown): never => {
      trace?.passed.push({ args, result: error })
      throw error
    }
    const result = use(...args)
    return result instanceof Promise ? result.then(note, failed) : note(result)
  })

  const guard = (name: Name, wrapped: Use): Use => {
    const plain = parts[name] as Use
    return (...args) => {
      if (!aim.claim()) return plain(...args)
      const trace: Trace = { passed: [] }
      const judge = (same: boolean) => {
        if (same) aim.giveBack()
        else aim.did(COMPARISONS[name].words)
      }
      const compared = (result: unknown): boolean | Promise<boolean> => {
        const { pure, same } = COMPARISONS[name]
        const { passed } = trace
        if (pure) return passed.some((one) => same(args, result, one))
        const [only, ...others] = passed
        return only !== undefined && others.length === 0 && same(args, result, only)
      }
      const settle = (result: unknown) => {
        const same = compared(result)
        if (same instanceof Promise) return same.then(judge).then(() => result)
        judge(same)
        return result
      }
      const failed = (error: unknown): never => {
        // What fails behind it fails without it too, as the post to a bot that is not there.
        judge(name === 'deliver' ? compared(error) === true : trace.passed.some((one) => one.result === error))
        throw error
      }
      const result = traces.run(trace, () => wrapped(...args))
      return result instanceof Promise ? result.then(settle, failed) : settle(result)
    }
  }
  return { parts: over(wrap({ ...parts, ...behind }, aim), guard) }
}

/** Each of some parts, made into another of the same kind. */
function over<Some extends Partial<Parts>>(parts: Some, make: (name: Name, use: Use) => Use): Some {
  return Object.fromEntries(Object.entries(parts).map(([name, use]) => [name, make(name as Name, use as Use)])) as unknown as Some
}
