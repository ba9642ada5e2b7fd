// People on a target: what an operator is asked to do, what needs an operator, and what a control API receives.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { CAST } from '../../../test/kit/differing-target'
import { CouldNotRun, HarnessError, NonConformance } from '../../contract/failures'
import type { JsonObject } from '../../contract/json'
import type { TargetPeople } from '../target'
import { attended, type ControlledPeople, controlled, UNATTENDED } from './people'

const john = { id: 'john-id', displayName: 'John' }
const meeting = CAST.meetings.scheduled as NonNullable<(typeof CAST.meetings)['scheduled']>
const { threadId, messageId } = meeting.coordinates

const ACTS: Readonly<Record<string, (people: TargetPeople) => Promise<void>>> = {
  answers: (people) => people.whenCalled(john, 'answers'),
  declines: (people) => people.whenCalled(john, 'declines'),
  silent: (people) => people.whenCalled(john, 'silent'),
  admits: (people) => people.whenAGuestWaits(meeting, 'admits', john),
  refuses: (people) => people.whenAGuestWaits(meeting, 'refuses', john),
  'leaves-in-lobby': (people) => people.whenAGuestWaits(meeting, 'leaves-in-lobby', null),
  join: (people) => people.inMeeting(meeting, 'join', john),
  leave: (people) => people.inMeeting(meeting, 'leave', john),
  mute: (people) => people.inMeeting(meeting, 'mute', john),
  unmute: (people) => people.inMeeting(meeting, 'unmute', john),
  'hang-up': (people) => people.hangsUp(john, 'call-1'),
  remove: (people) => people.removes(meeting, john, 'call-1'),
}

/** The act, the operator's line without the time, what needs an operator, the operation of the control API, and its parameters. */
const CASES = `
answers         | Answer the call on John's client                   | answer  | when-called        | person, does
declines        | Decline the call on John's client                  | decline | when-called        | person, does
silent          | Let the call on John's client ring                 |         | when-called        | person, does
admits          | As John, admit the guest from the lobby of PLACE   | admit   | when-a-guest-waits | threadId, messageId, does
refuses         | As John, turn the guest away from the lobby of PLACE | refuse | when-a-guest-waits | threadId, messageId, does
leaves-in-lobby | Let the guest wait in the lobby of PLACE           |         | when-a-guest-waits | threadId, messageId, does
join            | Join PLACE as John                                 |         | join               | threadId, messageId, person, displayName
leave           | Leave PLACE as John                                | leave   | leave              | threadId, messageId, person
mute            | Mute John's microphone in PLACE                    | mute    | mute               | threadId, messageId, person
unmute          | Unmute John's microphone in PLACE                  | unmute  | unmute             | threadId, messageId, person
hang-up         | Hang up on John's client                           | hang up | hang-up            | callId
remove          | As John, remove the bot from PLACE                 | remove  | remove             | callId`
  .trim()
  .split('\n')
  .map((row) =>
    row
      .replace('PLACE', `the meeting with thread ${threadId}`)
      .split('|')
      .map((cell) => cell.trim()),
  )

const VALUES: JsonObject = { threadId, messageId, person: john.id, displayName: john.displayName, callId: 'call-1' }
const where = { threadId, messageId }

/** A control API that answers every request alike, and the requests that it received. */
function control(status = 200, body: unknown = {}) {
  const asked: { readonly operation: string; readonly params: unknown; readonly authorization: string | null }[] = []
  const people = controlled(
    async (url, { headers, body: sent }) => {
      const authorization = new Headers(headers).get('authorization')
      asked.push({ operation: url.replace('http://127.0.0.1:1/control/', ''), params: JSON.parse(String(sent)), authorization })
      return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })
    },
    'http://127.0.0.1:1/control',
    'the-token',
  )
  return { people, asked }
}

for (const [name = '', line, operator, operation, names = ''] of CASES) {
  test(`${name}: by an operator, without one, and over the control API`, async () => {
    const act = ACTS[name] ?? assert.fail(name)
    const lines: string[] = []
    await act(attended((printed) => lines.push(printed), 60))
    assert.deepEqual(lines, [`${line} within 60 s.`])
    const { people, asked } = control()
    await act(people)
    const params = Object.fromEntries(names.split(', ').map((one) => [one, one === 'does' ? name : VALUES[one]]))
    assert.deepEqual(asked, [{ operation, params, authorization: 'Bearer the-token' }])
    if (operator === '') return act(UNATTENDED)
    await assert.rejects(
      act(UNATTENDED),
      (error: Error) =>
        error instanceof CouldNotRun && error.message.startsWith(`there is no operator to ${operator} as John: set GRAPH_PEOPLE`),
    )
  })
}

describe('a control API', () => {
  const failing = async (
    act: () => Promise<unknown>,
    kind: typeof HarnessError | typeof CouldNotRun | typeof NonConformance,
    message: RegExp,
  ) =>
    assert.rejects(act, (error: Error) => {
      assert.ok(error instanceof kind, `${error.name}: ${error.message}`)
      assert.match(error.message, message)
      return true
    })

  test('that does not answer: the scenario could not run', () => {
    const unreachable = controlled(
      async () => {
        throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
      },
      'http://127.0.0.1:1/control',
      'the-token',
    )
    return failing(
      () => unreachable.hangsUp(john, 'a'),
      CouldNotRun,
      /control API at 127\.0\.0\.1:1 did not answer: connect ECONNREFUSED/,
    )
  })
  test('that refuses: a harness error, with its reason', () =>
    failing(
      () => control(403, { error: { message: 'wrong token' } }).people.hangsUp(john, 'a'),
      HarnessError,
      /refused "hang-up" with 403: wrong token/,
    ))
  test('that refuses without a reason: a harness error that says so', () =>
    failing(() => control(500, 'no JSON').people.hangsUp(john, 'a'), HarnessError, /refused "hang-up" with 500: no reason given/))
  test('for which a verb does not fit now: a harness error', () =>
    failing(
      () => control(409, { error: { message: 'it is odd' } }).people.whenCalled(john, 'answers'),
      HarnessError,
      /"when-called" does not fit now: it is odd/,
    ))
  for (const [verb, act] of [
    ['hang-up', (people: ControlledPeople) => people.hangsUp(john, 'a')],
    ['remove', (people: ControlledPeople) => people.removes(meeting, john, 'a')],
  ] as const)
    test(`that knows the call in another state than notified: the target fails, ${verb}`, () =>
      failing(
        () => act(control(409, { error: { message: 'it rings' } }).people),
        NonConformance,
        new RegExp(`"${verb}" does not fit the call, which is not what the bot was notified of: it rings`),
      ))
  test('in which a person is in the meeting already: they stay there', async () => {
    const { people, asked } = control(409, { error: { message: 'is there' } })
    await people.inMeeting(meeting, 'join', john)
    await people.undo()
    assert.deepEqual(
      asked.map(({ operation }) => operation),
      ['join'],
    )
  })
  test('undoes a join once', async () => {
    const { people, asked } = control()
    await people.inMeeting(meeting, 'join', john)
    await people.undo()
    await people.undo()
    assert.deepEqual(
      asked.map(({ operation, params }) => [operation, params]),
      [
        ['join', { ...where, person: john.id, displayName: 'John' }],
        ['leave', { ...where, person: john.id }],
      ],
    )
  })
  test('undoes what people do by themselves, before what was asked for earlier', async () => {
    const { people, asked } = control()
    await people.inMeeting(meeting, 'mute', john)
    await people.whenCalled(john, 'declines')
    await people.whenAGuestWaits(meeting, 'admits', john)
    await people.undo()
    await people.undo()
    assert.deepEqual(
      asked.slice(3).map(({ operation, params }) => [operation, params]),
      [
        ['when-a-guest-waits', { ...where, does: null }],
        ['when-called', { person: john.id, does: null }],
        ['unmute', { ...where, person: john.id }],
      ],
    )
  })
  test('lists the calls that live', async () => {
    assert.deepEqual(await control(200, { calls: [{ callId: 'a' }, { callId: 'b' }] }).people.livingCalls(), ['a', 'b'])
    await failing(() => control(200, { calls: 'none' }).people.livingCalls(), HarnessError, /unknown shape/)
  })
  test('is waited for until it is idle', async () => {
    const { people, asked } = control()
    await people.idle()
    assert.equal(asked[0]?.operation, 'wait-for-idle')
  })
})
