// Sentences about what Graph answers: each holds on the simulator, and fails on a target that differs, in words that name what differs.
import assert from 'node:assert/strict'
import { DataTable } from '@cucumber/cucumber'
import { describe, test } from 'mocha'
import { type Answered, type Difference, sessionWith } from '../../test/kit/differing-target'
import { NonConformance } from '../contract/faults'
import * as answers from './answers'
import { callIsGone, callIsThere, hangUp, noCallIsCreated } from './calls'
import type { Session } from './session'
import { CHANGES } from './vocabulary/request-changes'

interface Sentence {
  readonly name: string
  readonly before: (session: Session) => Promise<unknown>
  readonly says: (session: Session) => unknown
  /** What differs, and what the message says then. */
  readonly fails: readonly (readonly [what: string, difference: Difference, message: RegExp])[]
}

const refusedRequest = (session: Session) => session.send(1, { change: CHANGES.get('without mediaConfig') })
const createdCall = (session: Session) => session.send(1)
const twoCalls = async (session: Session) => {
  await session.send(1)
  await session.send(1)
}

const answer = (change: (answer: Answered) => Partial<Answered>, method = 'POST'): Difference => ({
  answer: (came, asked) => (asked === method ? { ...came, ...change(came) } : came),
})
const member = (name: string, value: unknown, method = 'POST') =>
  answer(({ body }) => ({ body: JSON.parse(JSON.stringify({ ...body, [name]: value })) }), method)
const header = (name: string, value: string | null) =>
  answer(({ headers: { [name]: _, ...others } }) => ({ headers: value === null ? others : { ...others, [name]: value } }))
const status = (number: number, method = 'POST') => answer(() => ({ status: number }), method)

const SENTENCES: readonly Sentence[] = [
  {
    name: 'no call is created',
    before: refusedRequest,
    says: noCallIsCreated,
    fails: [
      [
        'the refusal has a Location',
        header('location', 'https://a/calls/1'),
        /refused, and the answer has Location https:\/\/a\/calls\/1/,
      ],
      ['a call lives', { living: ['a-call'] }, /refused, and a call lives all the same: a-call/],
    ],
  },
  {
    name: 'Graph refuses with status and code',
    before: refusedRequest,
    says: (session) => answers.refuses(session, 400, '8523'),
    fails: [
      ['another status', status(403), /answered 403: 8523.*expected: refused with 400 8523/],
      ['another code', member('error', { code: '7504', message: 'No.' }), /refused with 7504; expected: 8523/],
      ['no error', member('error', undefined), /a body that is no error; expected: 8523|no JSON/],
      ['it is created', status(201), /answered 201/],
    ],
  },
  {
    name: 'Graph refuses',
    before: refusedRequest,
    says: answers.refusesSomehow,
    fails: [['it does not', status(202), /answered 202; expected: refused/]],
  },
  {
    name: 'Graph says how to authenticate',
    before: (session) => session.send(1, { authorization: null }),
    says: answers.saysHowToAuthenticate,
    fails: [
      ['no header', header('www-authenticate', null), /WWW-Authenticate none; expected: Bearer/],
      ['another scheme', header('www-authenticate', 'Basic'), /WWW-Authenticate Basic/],
    ],
  },
  {
    name: 'errors are written as Graph does',
    before: refusedRequest,
    says: answers.writesErrorsAsGraph,
    fails: [
      ['no inner error', member('error', { code: 'a', message: 'b' }), /error\/innerError|error\.innerError/],
      ['as text', header('content-type', 'text/plain'), /content type text\/plain/],
    ],
  },
  {
    name: 'the call is created',
    before: createdCall,
    says: answers.createsTheCall,
    fails: [
      ['another status', status(200), /has status 200; documented: 201/],
      ['no id', member('id', undefined), /id: documented .*, came/],
    ],
  },
  {
    name: 'the answer is JSON',
    before: createdCall,
    says: answers.answersInJson,
    fails: [['another type', header('content-type', 'text/json'), /content type text\/json; documented: application\/json/]],
  },
  {
    name: 'the answer says where the call is',
    before: createdCall,
    says: answers.saysWhereTheCallIs,
    fails: [
      ['a path only', header('location', '/beta/app/calls/1'), /has Location \/beta\/app\/calls\/1/],
      ['no Location', header('location', null), /has no Location/],
      [
        'Location of another service',
        header('location', 'https://elsewhere.example/beta/app/calls/1'),
        /has Location https:\/\/elsewhere/,
      ],
    ],
  },
  {
    name: 'the new call has what a table says',
    before: createdCall,
    says: (session) =>
      answers.newCallHas(
        session,
        new DataTable([
          ['property', 'value'],
          ['direction', '"outgoing"'],
        ]),
      ),
    fails: [['another value', member('direction', 'incoming'), /direction: documented "outgoing", came "incoming"/]],
  },
  {
    name: 'the new call has every member',
    before: createdCall,
    says: (session) => answers.newCallHasEveryMember(session, session.printedMembers(1)),
    fails: [['one is missing', member('toneInfo', undefined), /the new call lacks toneInfo/]],
  },
  {
    name: 'each call has an id of its own',
    before: twoCalls,
    says: answers.eachUnderItsOwnId,
    fails: [
      ['both have one', member('id', 'the-same'), /2 calls were created, and two have the id the-same/],
      ['none has one', member('id', undefined), /gives the new call no id/],
      ['one is refused', status(403), /has status 403/],
    ],
  },
  {
    name: 'the call is there',
    before: createdCall,
    says: (session) => callIsThere(session, 'establishing'),
    fails: [
      ['it is not found', status(404, 'GET'), /asked for and answered 404; expected: 200/],
      ['another id', member('id', 'another', 'GET'), /id: documented .*came "another"/],
      ['another state', member('state', 'terminated', 'GET'), /state: documented "establishing", came "terminated"/],
    ],
  },
  {
    name: 'the call is gone',
    before: async (session) => {
      await session.send(1)
      await hangUp(session)
    },
    says: callIsGone,
    fails: [
      ['it is there', answer(() => ({ status: 200, body: { id: 'x' } }), 'GET'), /Graph answers 200; expected: 404 8522/],
      ['another code', member('error', { code: 'itemNotFound' }, 'GET'), /answers 404 itemNotFound/],
    ],
  },
  {
    name: 'the bot hangs up',
    before: createdCall,
    says: hangUp,
    fails: [['another status', answer(() => ({ status: 200, body: {} }), 'DELETE'), /deleted and answered 200; documented: 204/]],
  },
]

for (const { name, before, says, fails } of SENTENCES) {
  describe(name, () => {
    test('holds on the simulator', async () => {
      const session = await sessionWith({})
      await before(session)
      await says(session)
    })
    for (const [what, difference, message] of fails) {
      test(`fails: ${what}`, async () => {
        const session = await sessionWith(difference)
        await before(session)
        await assert.rejects(
          async () => says(session),
          (error: Error) => {
            assert.ok(error instanceof NonConformance, `${error.name}: ${error.message}`)
            assert.match(error.message, message)
            return true
          },
        )
      })
    }
  })
}

test('that the call is created says nothing of what else the answer is, which has sentences of its own', async () => {
  for (const difference of [member('state', 'established'), member('@odata.type', undefined), header('location', null)]) {
    const session = await sessionWith(difference)
    await createdCall(session)
    answers.createsTheCall(session)
  }
})

test('a refusal says nothing of calls that were there before', async () => {
  const session = await sessionWith({})
  await session.send(1)
  await refusedRequest(session)
  await noCallIsCreated(session)
})
