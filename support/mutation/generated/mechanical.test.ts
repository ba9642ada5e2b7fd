// Generated deviations: every printed member is wrong in every way or left out for a reason, and each changes its own member only.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { isObject, type Json, type JsonObject } from '../../contract/json'
import { loadRequirements } from '../../contract/requirements'
import type { Parts, World } from '../../simulator/wrapping'
import { mechanicalDeviations } from './mechanical'
import { FURTHER_VALUES, MUTATIONS } from './mutations'
import { membersOf, type PathStep, type PrintedMessage, printedMessages } from './printed'
import { LEFT_OUT, RULES, rowFor } from './rules'

const messages = printedMessages()
const made = mechanicalDeviations(messages)
const all = [...made.deviations, ...made.leftOut]
const nameOf = (step: PathStep) => (typeof step === 'object' ? step.every : String(step))

/** Counts the members of a JSON value at any depth, in another way than the generator does. */
function countOf(value: Json): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + 1 + countOf(one), 0)
  return isObject(value) ? Object.values(value).reduce<number>((sum, one) => sum + 1 + countOf(one), 0) : 0
}

const WAYS = ['missing', 'null', 'type', 'value']

describe('of each printed message', () => {
  for (const { name, printed } of messages) {
    test(`${name}: every member is wrong in every way, or left out for a reason`, () => {
      const own = all.filter(({ id }) => id.startsWith(`${name}/`))
      for (const way of WAYS) assert.equal(own.filter(({ id }) => id.endsWith(`/${way}`)).length, countOf(printed), way)
      assert.equal(new Set(own.map(({ id }) => id)).size, own.length)
    })
  }

  test('the ids of calls and of participants are also those of another call', () => {
    const foreign = all.filter(({ id }) => id.endsWith('/of-another-call')).map(({ id }) => id.split('/').slice(0, 2).join(' '))
    const states = ['establishing-call', 'established-call', 'establishing-meeting', 'established-meeting']
    assert.deepEqual(
      foreign.sort(),
      [
        'answer-call id',
        'answer-call myParticipantId',
        'answer-join id',
        'answer-join myParticipantId',
        ...[...states.sort()].flatMap((one) => [`${one} value.0.resource`, `${one} value.0.resourceData.id`]),
        'roster value.0.resource',
        'roster value.0.resourceData.bot.id',
        'roster value.0.resourceData.person.id',
        'roster-lobby value.0.resource',
        'roster-lobby value.0.resourceData.guest.id',
      ].sort(),
    )
  })
})

describe('the tables', () => {
  const places = messages.flatMap((message) =>
    membersOf(message.printed).flatMap(({ path }) =>
      MUTATIONS.filter(({ fits }) => fits(path)).map(({ id }) => [message.name, path.map(nameOf), id] as const),
    ),
  )

  test('have no unused row', () => {
    for (const [name, rows] of [
      ['RULES', RULES],
      ['LEFT_OUT', LEFT_OUT],
    ] as const) {
      const used = new Set(places.map(([message, steps, wrong]) => rowFor<(typeof rows)[number]>(rows, message, steps, wrong)))
      assert.deepEqual(
        rows.filter((row) => !used.has(row)).map(({ of, at, wrong }) => ({ of, at, wrong })),
        [],
        name,
      )
    }
    const isUsed = (of: string, value: string) => made.deviations.some(({ id }) => id.startsWith(of) && id.endsWith(`/${value}`))
    for (const { of, at, values } of FURTHER_VALUES)
      for (const value of Object.keys(values))
        assert.ok(isUsed(`${of}/${at.replaceAll('/', '.').split('*')[0]}`, value), `${at}: ${value}`)
  })

  test('name known requirements, and give reasons', () => {
    const known = new Set(loadRequirements().map(({ id }) => id))
    assert.deepEqual(
      RULES.filter(({ requirement }) => !known.has(requirement)),
      [],
    )
    for (const { reason } of LEFT_OUT) assert.ok(reason.length > 20, reason)
  })

  test('refuse a member that belongs to no requirement', () => {
    const strange = { ...(messages[0] as PrintedMessage), printed: { hologram: true } }
    assert.throws(() => mechanicalDeviations([strange]), /answer-call\/hologram\/missing has no requirement/)
  })
})

/** Sends one body through a wrap. */
async function through(message: PrintedMessage, wrap: (typeof all)[number]['wrap'], body: JsonObject): Promise<JsonObject> {
  const sent: JsonObject[] = []
  const parts = {
    graph: async () =>
      Response.json(body, { status: 201, headers: { location: 'https://graph.microsoft.com/beta/app/calls/1' } }),
    post: (notification: { body: JsonObject }) => void sent.push(notification.body),
  } as unknown as Parts
  const wrapped = { ...parts, ...wrap(parts, {} as World) }
  if (message.by === 'post') {
    wrapped.post({ body } as Parameters<Parts['post']>[0])
    return sent[0] as JsonObject
  }
  const response = await wrapped.graph(new Request('https://graph.microsoft.com/beta/app/calls', { method: 'POST' }))
  assert.deepEqual([response.status, response.headers.has('location')], [201, true])
  return (await response.json()) as JsonObject
}

/** The paths of the leaves at which two values differ, or of a member that only one has. */
function differing(left: Json | undefined, right: Json | undefined, at = ''): string[] {
  if (isObject(left) && isObject(right)) {
    const names = new Set([...Object.keys(left), ...Object.keys(right)])
    return [...names].flatMap((name) => differing(left[name], right[name], at === '' ? name : `${at}.${name}`))
  }
  if (Array.isArray(left) && Array.isArray(right) && left.length === right.length)
    return left.flatMap((one, index) => differing(one, right[index], `${at}.${index}`))
  return JSON.stringify(left) === JSON.stringify(right) ? [] : [at]
}

/** Where each participant stands on the printed rosters. */
const PLACES: Readonly<Record<string, number>> = { person: 0, bot: 1, guest: 0 }
const SHOWN: Readonly<Record<string, Readonly<Record<string, number>>>> = { roster: PLACES, 'roster-lobby': PLACES }

describe('each changes its own member and nothing else, in messages of its kind alone', () => {
  for (const message of messages) {
    test(message.name, async () => {
      for (const { path } of [{ path: [] as readonly PathStep[] }, ...membersOf(message.printed)]) {
        const steps = path.map(nameOf)
        const at = path.map((step) => (typeof step === 'object' ? SHOWN[message.name]?.[step.every] : step))
        const place = [message.name, ...(steps.length === 0 ? [] : [steps.join('.')]), ''].join('/')
        const isOf = (id: string) => id.startsWith(place) && !id.slice(place.length).includes('/')
        for (const { id, wrap } of all.filter((one) => isOf(one.id))) {
          const unset = made.leftOut.some((one) => one.id === id && /printed as null/.test(one.reason))
          const changed = differing(message.printed, await through(message, wrap, message.printed))
          if (id.endsWith('/null') && unset) assert.deepEqual(changed, [], id)
          else assert.ok(changed.length > 0, `${id} changes nothing`)
          // A missing or an added entry shows in the list.
          const where = typeof path.at(-1) === 'string' ? at : at.slice(0, -1)
          for (const one of changed)
            assert.ok(where.length === 0 || `${one}.`.startsWith(`${where.join('.')}.`), `${id} changes ${one}`)
          for (const other of messages.filter(({ by, name }) => by === message.by && name !== message.name))
            assert.deepEqual(await through(other, wrap, other.printed), other.printed, `${id} changes ${other.name}`)
        }
      }
    })
  }
})

test('preFetchMedia that was not sent is not in the answer, so that nothing in it can be wrong (E-08)', async () => {
  const [answer] = messages
  assert.ok(answer !== undefined)
  const { mediaConfig, ...rest } = answer.printed
  const body = { ...rest, mediaConfig: { '@odata.type': (mediaConfig as JsonObject)['@odata.type'] as Json } }
  const own = made.leftOut.filter(({ id }) => id.startsWith('answer-call/mediaConfig.preFetchMedia'))
  assert.ok(own.length > 20)
  for (const { id, wrap, because } of own) {
    assert.equal(because, 'changes nothing')
    assert.deepEqual(await through(answer, wrap, body), body, id)
  }
})

test('a member of another call has the value of an earlier message, if there is one', async () => {
  const roster = messages.find(({ name }) => name === 'established-call')
  const deviation = made.deviations.find(({ id }) => id === 'established-call/value.0.resourceData.id/of-another-call')
  assert.ok(roster !== undefined && deviation !== undefined)
  const posted: JsonObject[] = []
  const { post } = deviation.wrap(
    { post: ({ body }: { body: JsonObject }) => void posted.push(body) } as unknown as Parts,
    {} as World,
  )
  const withId = (id: string) => JSON.parse(JSON.stringify(roster.printed).replaceAll(/(?<="id":")[^"]+/g, id)) as JsonObject
  const seen = () => /(?<="id":")[^"]+/.exec(JSON.stringify(posted.at(-1)))?.[0]
  for (const id of ['first', 'second', 'first']) post?.({ body: withId(id) } as Parameters<Parts['post']>[0])
  assert.equal(seen(), 'second')
})
