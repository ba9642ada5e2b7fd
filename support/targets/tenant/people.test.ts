// People on a target: what an operator is asked, what nobody can do, and what a control API is told.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { CAST } from '../../../test/kit/differing-target'
import { CouldNotRun, HarnessError, NonConformance } from '../../contract/faults'
import type { JsonObject } from '../../contract/json'
import type { TargetPeople } from '../target'
import { attended, type ControlledPeople, controlled, UNATTENDED } from './people'

const john = { id: 'john-id', displayName: 'John' }
const meeting = CAST.meetings.scheduled as NonNullable<(typeof CAST.meetings)['scheduled']>
const { threadId, messageId } = meeting.coordinates
const place = `the meeting with thread ${threadId}`

interface Case {
  readonly name: string
  readonly act: (people: TargetPeople) => Promise<void>
  /** The operator's line, without the time. */
  readonly line: string
  /** Why it cannot be unattended; null: it needs nobody. */
  readonly nobody: string | null
  /** Operation of the control API, and what it is told. */
  readonly operation: readonly [string, JsonObject]
}

const where = { threadId, messageId }
const DEEDS: readonly Case[] = [
  {
    name: 'answers',
    act: (people) => people.whenCalled(john, 'answers'),
    line: "Answer the call on John's client",
    nobody: 'answer as John',
    operation: ['when-called', { person: john.id, does: 'answers' }],
  },
  {
    name: 'declines',
    act: (people) => people.whenCalled(john, 'declines'),
    line: "Decline the call on John's client",
    nobody: 'decline as John',
    operation: ['when-called', { person: john.id, does: 'declines' }],
  },
  {
    name: 'stays silent',
    act: (people) => people.whenCalled(john, 'silent'),
    line: "Let the call on John's client ring",
    nobody: null,
    operation: ['when-called', { person: john.id, does: 'silent' }],
  },
  {
    name: 'admits',
    act: (people) => people.whenAGuestWaits(meeting, 'admits', john),
    line: `As John, admit the guest from the lobby of ${place}`,
    nobody: 'admit guests as John',
    operation: ['when-a-guest-waits', { ...where, does: 'admits' }],
  },
  {
    name: 'refuses',
    act: (people) => people.whenAGuestWaits(meeting, 'refuses', null),
    line: `As , turn the guest away from the lobby of ${place}`,
    nobody: 'refuse guests as anybody',
    operation: ['when-a-guest-waits', { ...where, does: 'refuses' }],
  },
  {
    name: 'leaves in the lobby',
    act: (people) => people.whenAGuestWaits(meeting, 'leaves-in-lobby', john),
    line: `Let the guest wait in the lobby of ${place}`,
    nobody: null,
    operation: ['when-a-guest-waits', { ...where, does: 'leaves-in-lobby' }],
  },
  {
    name: 'joins',
    act: (people) => people.inMeeting(meeting, 'join', john),
    line: `Join ${place} as John`,
    nobody: null,
    operation: ['join', { ...where, person: john.id, displayName: 'John' }],
  },
  {
    name: 'leaves',
    act: (people) => people.inMeeting(meeting, 'leave', john),
    line: `Leave ${place} as John`,
    nobody: 'leave in a meeting as John',
    operation: ['leave', { ...where, person: john.id }],
  },
  {
    name: 'mutes',
    act: (people) => people.inMeeting(meeting, 'mute', john),
    line: `Mute John's microphone in ${place}`,
    nobody: 'mute in a meeting as John',
    operation: ['mute', { ...where, person: john.id }],
  },
  {
    name: 'unmutes',
    act: (people) => people.inMeeting(meeting, 'unmute', john),
    line: `Unmute John's microphone in ${place}`,
    nobody: 'unmute in a meeting as John',
    operation: ['unmute', { ...where, person: john.id }],
  },
  {
    name: 'hangs up',
    act: (people) => people.hangsUp(john, 'call-1'),
    line: "Hang up on John's client",
    nobody: 'hang up as John',
    operation: ['hang-up', { callId: 'call-1' }],
  },
  {
    name: 'removes the bot',
    act: (people) => people.removes(meeting, john, 'call-1'),
    line: `As John, remove the bot from ${place}`,
    nobody: 'remove the bot as John',
    operation: ['remove', { callId: 'call-1' }],
  },
]

/** A control API that answers everything so, and what it was asked. */
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

for (const { name, act, line, nobody, operation } of DEEDS) {
  describe(`somebody ${name}`, () => {
    test('attended: one line says what to do and until when', async () => {
      const lines: string[] = []
      await act(attended((told) => lines.push(told), 60))
      assert.deepEqual(lines, [`${line} within 60 s.`])
    })
    test(`unattended: ${nobody === null ? 'nobody is needed' : 'nobody is there, and what to set'}`, async () => {
      if (nobody === null) return act(UNATTENDED)
      await assert.rejects(act(UNATTENDED), (error: Error) => {
        assert.ok(error instanceof CouldNotRun)
        assert.ok(error.message.includes(`nobody is there to ${nobody}: set GRAPH_PEOPLE`), error.message)
        return true
      })
    })
    test('controlled: the operation, what it is about, and the token', async () => {
      const { people, asked } = control()
      await act(people)
      assert.deepEqual(asked, [{ operation: operation[0], params: operation[1], authorization: 'Bearer the-token' }])
    })
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

  test('that does not answer leaves nothing to be judged', () => {
    const nobody = controlled(
      async () => {
        throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
      },
      'http://127.0.0.1:1/control',
      'the-token',
    )
    return failing(
      () => nobody.hangsUp(john, 'a'),
      CouldNotRun,
      /control API at 127\.0\.0\.1:1 did not answer: connect ECONNREFUSED/,
    )
  })
  test('that refuses is our fault, with its reason', () =>
    failing(
      () => control(403, { error: { message: 'wrong token' } }).people.hangsUp(john, 'a'),
      HarnessError,
      /refused "hang-up" with 403: wrong token/,
    ))
  test('that refuses without a reason is told so', () =>
    failing(() => control(500, 'no JSON').people.hangsUp(john, 'a'), HarnessError, /refused "hang-up" with 500: no reason given/))
  test('for which a verb does not fit now is told so', () =>
    failing(
      () => control(409, { error: { message: 'it is odd' } }).people.whenCalled(john, 'answers'),
      HarnessError,
      /"when-called" does not fit now: it is odd/,
    ))
  for (const [verb, act] of [
    ['hang-up', (people: ControlledPeople) => people.hangsUp(john, 'a')],
    ['remove', (people: ControlledPeople) => people.removes(meeting, john, 'a')],
  ] as const)
    test(`that knows the call in another state than it was told of is the target's fault: ${verb}`, () =>
      failing(
        () => act(control(409, { error: { message: 'it rings' } }).people),
        NonConformance,
        new RegExp(`"${verb}" does not fit the call, which is not what the bot was notified of: it rings`),
      ))
  test('in which somebody is in the meeting already is fine, and they stay there', async () => {
    const { people, asked } = control(409, { error: { message: 'is there' } })
    await people.inMeeting(meeting, 'join', john)
    await people.undo()
    assert.deepEqual(
      asked.map(({ operation }) => operation),
      ['join'],
    )
  })
  test('sends home once whom it made join', async () => {
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
  test('tells of the calls that live', async () => {
    assert.deepEqual(await control(200, { calls: [{ callId: 'a' }, { callId: 'b' }] }).people.livingCalls(), ['a', 'b'])
    await failing(() => control(200, { calls: 'none' }).people.livingCalls(), HarnessError, /another shape/)
  })
  test('is waited for until it is idle', async () => {
    const { people, asked } = control()
    await people.idle()
    assert.equal(asked[0]?.operation, 'wait-for-idle')
  })
})
