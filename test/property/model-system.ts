// The simulated Graph as the model-based tests drive it: the pure core by itself, or the whole simulator on the direct mount. Time is virtual in both.
import assert from 'node:assert/strict'
import { decodeJwt } from 'jose'
import type { Json, JsonObject } from '../../support/contract/json'
import { assembleSimulator } from '../../support/simulator/assemble'
import type { BotCommand, Caller, Command, Effect, PeopleCommand } from '../../support/simulator/core/commands'
import { decide } from '../../support/simulator/core/decide'
import { ERRORS } from '../../support/simulator/core/errors'
import { emptyState } from '../../support/simulator/core/state'
import { revisionAt } from '../../support/simulator/http/revisions'
import type { App, Directory } from '../../support/simulator/identity/directory'
import { issueToken } from '../../support/simulator/identity/tokens'
import { mountDirect } from '../../support/simulator/mounts/direct'
import { seededIds, VirtualClock } from '../../support/simulator/runtime/clock'
import type { Armament } from '../../support/simulator/wrapping'
import {
  BOT,
  CALLBACK,
  CALLS,
  DIRECTORY,
  GRAPH,
  NEW_YEAR,
  OTHER_TENANT,
  SECOND_BOT,
  STRANGER,
  testKeys,
} from '../kit/simulated-world'

/** A meeting of the other tenant, for its app; it holds applications in its lobby as well. */
export const ELSEWHERE = { threadId: '19:meeting_elsewhere@thread.v2', messageId: '0' }

export const WORLD: Directory = {
  ...DIRECTORY,
  meetings: [...DIRECTORY.meetings, { ...ELSEWHERE, tenantId: OTHER_TENANT, guests: 'held', applications: 'held' }],
}

export const BOTS: readonly App[] = [BOT, SECOND_BOT, STRANGER]

/** One post to a callback, with the app that its token is for. */
export interface Post {
  readonly callbackUri: string
  readonly audience: string
  readonly tenantId: string
  readonly body: JsonObject
}

/** Of the bot's request: status, Location and body. */
export interface Reply {
  readonly status: number
  readonly location: string | null
  readonly body: Json
}

export type OnCall = 'get' | 'delete' | 'keep-alive' | 'participants' | 'participant'

export interface System {
  create(bot: App, body: JsonObject): Promise<Reply>
  onCall(bot: App, kind: OnCall, callId: string, participantId: string): Promise<Reply>
  /** Whether it fits. */
  perform(command: PeopleCommand): Promise<boolean>
  /** The service ends a call: whether it lives. */
  end(callId: string): Promise<boolean>
  advance(ms: number): Promise<void>
  now(): number
  living(): readonly string[]
  /** What was posted since this was asked last. */
  posted(): readonly Post[]
}

const END = { code: 500, subcode: 9999, message: 'Ended.' }

const caller = (app: App): Caller => ({ ...app, appId: app.clientId })

/** `decide` and a clock, nothing else. */
export async function coreAlone(seed: string): Promise<System> {
  const clock = new VirtualClock(NEW_YEAR)
  const env = { newId: seededIds(seed) }
  let state = emptyState(WORLD.meetings)
  let posts: Post[] = []
  const carryOut = (effect: Effect) => {
    if (effect.kind === 'notify') posts.push(effect)
    if (effect.kind === 'schedule') clock.after(effect.afterMs, () => void run(effect.command))
  }
  const run = (command: Command) => {
    const { state: next, answer, effects } = decide(state, command, env)
    if (['refused', 'unfit', 'call', 'alive', 'participants', 'participant'].includes(answer.kind)) {
      assert.equal(next, state, `${answer.kind} changes nothing`)
      assert.deepEqual(effects, [], `${answer.kind} leads to nothing`)
    }
    state = next
    for (const effect of effects) carryOut(effect)
    return answer
  }
  const request = (command: BotCommand): Reply => {
    const answer = run(command)
    switch (answer.kind) {
      case 'created':
        return { status: 201, location: answer.location, body: answer.call }
      case 'call':
        return { status: 200, location: null, body: answer.call }
      case 'participants':
        return { status: 200, location: null, body: answer.list }
      case 'participant':
        return { status: 200, location: null, body: answer.participant }
      case 'refused':
        return { status: ERRORS[answer.refusal.error].status, location: null, body: null }
      default:
        return { status: answer.kind === 'deleted' ? 204 : 200, location: null, body: null }
    }
  }
  return {
    create: async (bot, body) =>
      request({ kind: 'create', caller: caller(bot), body, root: GRAPH + CALLS, admits: revisionAt(CALLS).admits }),
    onCall: async (bot, kind, callId, participantId) =>
      request({ kind, caller: caller(bot), callId, participantId } as Exclude<BotCommand, { kind: 'create' }>),
    perform: async (command) => run(command).kind !== 'unfit',
    end: async (callId) => run({ kind: 'end', callId, end: END }).kind !== 'unfit',
    advance: async (ms) => clock.moveTo(clock.now() + ms),
    now: () => clock.now(),
    living: () => [...state.calls.keys()],
    posted: () => {
      const since = posts
      posts = []
      return since
    },
  }
}

const WIRE: Readonly<Record<OnCall, { readonly method: string; readonly path: string }>> = {
  get: { method: 'GET', path: '' },
  delete: { method: 'DELETE', path: '' },
  'keep-alive': { method: 'POST', path: '/keepAlive' },
  participants: { method: 'GET', path: '/participants' },
  participant: { method: 'GET', path: '/participants/' },
}

/** The whole of it, as a client sees it; armed with a deviation if one is given. */
export async function wholeSimulator(seed: string, deviation?: Armament): Promise<System> {
  const keys = await testKeys()
  const clock = new VirtualClock(NEW_YEAR)
  let posts: Post[] = []
  const take = async (post: Request): Promise<Response> => {
    const { aud, tid } = decodeJwt((post.headers.get('authorization') ?? '').replace('Bearer ', ''))
    const body = (await post.json()) as JsonObject
    posts.push({ callbackUri: post.url, audience: String(aud), tenantId: String(tid), body })
    return new Response(null, { status: 202 })
  }
  const simulator = assembleSimulator({
    directory: WORLD,
    keys,
    clock,
    seed,
    // Tokens do not expire while a life is played.
    tokenNow: () => NEW_YEAR,
    verifierNow: () => NEW_YEAR,
    deliver: mountDirect({ [CALLBACK]: take }),
    ...(deviation === undefined ? {} : { deviation }),
  })
  const fetch = mountDirect({ [GRAPH]: simulator.services.graph })
  const tokens = new Map(await Promise.all(BOTS.map(async (bot) => [bot, await issueToken(bot, keys, NEW_YEAR)] as const)))
  const ask = async (bot: App, method: string, path: string, body?: JsonObject): Promise<Reply> => {
    const headers = { authorization: `Bearer ${tokens.get(bot)}`, 'content-type': 'application/json' }
    const response = await fetch(GRAPH + CALLS + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    await simulator.idle()
    const location = response.headers.get('location')
    return { status: response.status, location, body: text === '' ? null : (JSON.parse(text) as Json) }
  }
  return {
    create: (bot, body) => ask(bot, 'POST', '', body),
    onCall: (bot, kind, callId, participantId) => {
      const { method, path } = WIRE[kind]
      return ask(bot, method, `/${callId}${path}${kind === 'participant' ? participantId : ''}`)
    },
    perform: async (command) => {
      const reason = simulator.perform(command)
      await simulator.idle()
      return reason === null
    },
    end: async (callId) => {
      const reason = simulator.endCall(callId, END)
      await simulator.idle()
      return reason === null
    },
    advance: async (ms) => {
      clock.moveTo(clock.now() + ms)
      await simulator.idle()
    },
    now: () => clock.now(),
    living: () => simulator.calls().map(({ id }) => id),
    posted: () => {
      const since = posts
      posts = []
      return since
    },
  }
}
