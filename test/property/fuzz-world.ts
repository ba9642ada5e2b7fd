// The world of the property tests: a simulator on the direct mount that is used again and again, and what every one of its answers must be.
import assert from 'node:assert/strict'
import { z } from 'zod'
import type { JsonObject } from '../../support/contract/json'
import { assembleSimulator } from '../../support/simulator/assemble'
import { FORMS } from '../../support/simulator/core/forms'
import type { Call } from '../../support/simulator/core/state'
import type { App } from '../../support/simulator/identity/directory'
import { issueToken } from '../../support/simulator/identity/tokens'
import { mountDirect } from '../../support/simulator/mounts/direct'
import { VirtualClock } from '../../support/simulator/runtime/clock'
import type { Deviation } from '../../support/simulator/wrapping'
import { BOT, CALLS, DIRECTORY, GRAPH, JOHN, NEW_YEAR, of, request, SECOND_BOT, testKeys } from '../kit/simulated-world'
import { bytesOf } from './fuzz-bodies'
import { PLACES, type Sent } from './fuzz-requests'

/** Any one answer in this processor time, in milliseconds: hundreds of times what it takes, also where a regular expression runs away. */
const LIMIT_MS = 5_000

/** Longer than anything lasts that the simulator waits for by itself, in milliseconds of its clock. */
const LONG_MS = 3 * 3_600_000

/** What the simulator says aloud that it does not play: a request, a query option, or a form of a call. Then what to do. */
const HOLE = new RegExp(
  `^The simulator does not play this part of Graph: (\\S+ /.*|the query option .*|${FORMS.filter(({ later }) => later)
    .map(({ name }) => `a ${name} call under this root`)
    .join('|')})\\. [A-Z].* What is played: docs/simulator\\.md\\.$`,
  's',
)

const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
const innerError = z.strictObject({ 'request-id': guid, date: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) })
const errorOf = (message: z.ZodType, ...codes: string[]) =>
  z.strictObject({ error: z.strictObject({ code: z.enum(codes), message, innerError }) })
const sentence = z.string().min(10)

/** Bodies by status; a status that is not here is no answer of Graph. */
const BODIES: Readonly<Record<number, z.ZodType>> = {
  200: z.union([
    z.null(),
    z.strictObject({ value: z.array(z.looseObject({ '@odata.type': z.literal('#microsoft.graph.participant'), id: guid })) }),
    z.looseObject({ '@odata.type': z.enum(['#microsoft.graph.call', '#microsoft.graph.participant']), id: guid }),
  ]),
  201: z.looseObject({
    '@odata.type': z.literal('#microsoft.graph.call'),
    id: guid,
    myParticipantId: guid,
    state: z.literal('establishing'),
    direction: z.literal('outgoing'),
    callbackUri: z.url(),
    tenantId: z.literal(BOT.tenantId),
    terminationReason: z.null(),
    resultInfo: z.null(),
    answeredBy: z.null(),
    callRoutes: z.array(z.unknown()).length(0),
    activeModalities: z.array(z.unknown()).length(0),
  }),
  204: z.null(),
  400: errorOf(sentence, 'BadRequest', '8523'),
  401: errorOf(sentence, 'InvalidAuthenticationToken'),
  403: errorOf(sentence, '7504', '7505', '7507'),
  404: errorOf(sentence, '8522', 'NotFound'),
  405: errorOf(sentence, 'BadRequest'),
  413: errorOf(sentence, 'BadRequest'),
  501: errorOf(z.string().regex(HOLE), 'SimulatorNotImplemented'),
}

export interface FuzzWorld {
  /** Sends a request and looks at everything that it led to: its status. */
  send(sent: Sent): Promise<number>
  close(): void
}

/** @param residents whether the bot is in a meeting, and another bot in a call with John */
export async function fuzzWorld(residents: boolean): Promise<FuzzWorld> {
  const keys = await testKeys()
  const clock = new VirtualClock(NEW_YEAR)
  const posts: { readonly url: string; readonly body: JsonObject }[] = []
  const simulator = assembleSimulator({
    directory: DIRECTORY,
    keys,
    clock,
    seed: 'fuzz',
    tokenNow: () => NEW_YEAR,
    verifierNow: () => NEW_YEAR,
    deviation: REMEMBERING,
    deliver: async (url, { body }) => {
      posts.push({ url, body: JSON.parse(String(body)) as JsonObject })
      return new Response(null, { status: 202 })
    },
  })
  const fetch = mountDirect({ [GRAPH]: simulator.services.graph })
  const token = await issueToken(BOT, keys, NEW_YEAR)
  const otherToken = await issueToken(SECOND_BOT, keys, NEW_YEAR)
  const untouched = prototypes()

  const passed = async () => {
    clock.moveTo(clock.now() + LONG_MS)
    await simulator.idle()
    posts.length = 0
  }
  const made = async (example: number, app: App): Promise<Call> => {
    const bearer = app === BOT ? token : otherToken
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
    const { status } = await fetch(GRAPH + CALLS, { method: 'POST', headers, body: JSON.stringify(request(example)) })
    assert.equal(status, 201)
    return simulator.calls().at(-1) as Call
  }
  let own: Call | undefined
  let others: Call | undefined
  const settle = async () => {
    own ??= await made(3, BOT)
    if (others === undefined) {
      others = await made(1, SECOND_BOT)
      simulator.perform({ kind: 'answer', callId: others.id })
      simulator.perform({ kind: 'join', meeting: String(own.meeting), person: JOHN })
    }
    await passed()
  }
  const filled = (text: string) =>
    text
      .replaceAll(PLACES.own, own?.id ?? 'none')
      .replaceAll(PLACES.others, others?.id ?? 'none')
      .replaceAll(PLACES.participant, own?.myParticipantId ?? 'none')
      .replaceAll(PLACES.token, token)

  const send = async (sent: Sent): Promise<number> => {
    if (residents && own === undefined) await settle()
    const before = simulator.calls().map(({ id }) => id)
    const bytes = ['GET', 'HEAD'].includes(sent.method) ? undefined : bytesOf(sent.body)
    const headers = Object.entries(sent.headers).map(([name, value]): [string, string] => [name, filled(value)])
    const began = process.cpuUsage()
    const response = await fetch(GRAPH + filled(sent.path), {
      method: sent.method,
      headers,
      ...(bytes === undefined ? {} : { body: new Uint8Array(bytes) }),
    })
    const text = await response.text()
    const { user, system } = process.cpuUsage(began)
    assert.ok((user + system) / 1_000 < LIMIT_MS, 'it took too long')
    const { status } = response
    checkAnswer(response, text, sent.method, new Headers(headers).get('client-request-id'))
    assert.deepEqual(prototypes(), untouched, 'a prototype was changed')
    const ended = status === 204 && sent.method === 'DELETE' ? own?.id : undefined
    if (status === 201) await createdSoundly(response, text, before)
    else if (ended === undefined) {
      assert.deepEqual(
        [simulator.calls().map(({ id }) => id), simulator.waiting(), posts.length],
        [before, 0, 0],
        'something came of it',
      )
      assert.equal(clock.nextDue(), null, 'something will come of it')
    } else {
      await simulator.idle()
      assert.deepEqual(
        posts.map(({ body }) => of(body)),
        [ended, ended],
      )
      assert.ok(!simulator.calls().some(({ id }) => id === ended), 'a call that was deleted lives on')
      own = undefined
      posts.length = 0
    }
    return status
  }

  /** A call that was created is where the answer says, is notified of to its own address alone, and can be ended. */
  const createdSoundly = async (response: Response, text: string, before: readonly string[]) => {
    const { id, callbackUri } = JSON.parse(text) as JsonObject
    const location = `${GRAPH}${CALLS}/${id}`
    assert.equal(response.headers.get('location')?.split('/').at(-1), id)
    assert.deepEqual(
      simulator.calls().map((call) => call.id),
      [...before, id],
    )
    const ended = await fetch(location, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })
    assert.equal(ended.status, 204)
    clock.moveTo(clock.now() + LONG_MS)
    await simulator.idle()
    assert.deepEqual(
      simulator.calls().map((call) => call.id),
      before,
    )
    assert.ok(posts.length === 3, `${posts.length} notifications of a call that was created and ended`)
    for (const post of posts) assert.deepEqual([of(post.body), post.url], [id, callbackUri])
    posts.length = 0
  }

  return { send, close: () => void simulator.close() }
}

/**
 * As documented, and quicker: the time of tokens stands still in this world, so what an Authorization header stands for is found out once. The
 * check of a signature would be the larger half of all the work.
 */
const REMEMBERING: Deviation = {
  id: 'remembers-callers',
  requirement: 'none',
  description: 'Each Authorization header is checked once.',
  names: /./,
  wrap: ({ authenticate }) => {
    const known = new Map<string | null, ReturnType<typeof authenticate>>()
    return {
      authenticate: (header) => {
        const caller = known.get(header) ?? authenticate(header)
        known.set(header, caller)
        return caller
      },
    }
  },
}

function checkAnswer({ status, headers }: Response, text: string, method: string, clientRequestId: string | null): void {
  assert.match(headers.get('request-id') ?? 'none', /^[0-9a-f-]{36}$/)
  assert.ok(!Number.isNaN(Date.parse(headers.get('date') ?? '')), 'the answer has no date')
  assert.equal(headers.get('client-request-id'), clientRequestId)
  assert.equal(headers.has('www-authenticate'), status === 401)
  assert.equal(headers.has('allow'), status === 405)
  assert.equal(headers.has('location'), status === 201)
  // An answer to HEAD has headers only.
  if (method === 'HEAD') return void assert.ok((status < 500 || status === 501) && text === '', `${status} ${text}`)
  const shape = BODIES[status]
  if (shape === undefined) assert.fail(`status ${status}: ${text.slice(0, 500)}`)
  const read = shape.safeParse(text === '' ? null : JSON.parse(text))
  assert.ok(read.success, `${status} with a body of another shape: ${read.error?.message} in ${text.slice(0, 500)}`)
  assert.equal(headers.get('content-type'), text === '' ? null : 'application/json')
}

/** How many members every object, list, function and text has: a request must not add to them. Counted, since it is done for each request. */
function prototypes(): readonly number[] {
  return [Object.prototype, Array.prototype, Function.prototype, String.prototype].map((one) => Reflect.ownKeys(one).length)
}
