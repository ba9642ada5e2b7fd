// Sentences about notifications and preconditions: each holds on the simulator, and fails on a target that differs, in words that name what differs.
import assert from 'node:assert/strict'
import { DataTable } from '@cucumber/cucumber'
import { describe, test } from 'mocha'
import { changeIn, type Difference, sessionWith } from '../../test/kit/differing-target'
import { HarnessError, NonConformance } from '../contract/faults'
import type { Json, JsonObject } from '../contract/json'
import { hangUp } from './calls'
import * as single from './notification-contents'
import * as sequences from './notification-sequences'
import * as before from './preconditions'
import { refusedPosts } from './refused-posts'
import type { Session } from './session'
import { CHANGES } from './vocabulary/request-changes'

interface Sentence {
  readonly name: string
  readonly before: (session: Session) => Promise<unknown>
  readonly says: (session: Session) => unknown
  readonly fails: readonly (readonly [what: string, difference: Difference, message: RegExp])[]
}

const table = (...rows: readonly (readonly [property: string, value: string])[]) =>
  new DataTable([['property', 'value'], ...rows.map((row) => [...row])])

const dataOf = (told: JsonObject) => told.resourceData as Json
const isRoster = (told: JsonObject) => Array.isArray(dataOf(told))
const stateOf = (told: JsonObject) => (isRoster(told) ? null : (dataOf(told) as JsonObject).state)

/** Posts of the call in a state, with other members of its data; null: they are lost. */
const ofState = (state: string, change: ((data: JsonObject) => JsonObject) | null): Difference => ({
  post: (body) => {
    const [told] = body.value as readonly JsonObject[]
    if (told === undefined || stateOf(told) !== state) return body
    return change === null ? null : changeIn(body, (one) => ({ ...one, resourceData: change(dataOf(one) as JsonObject) }))
  },
})

/** Rosters with other entries; null: they are lost. */
const ofRoster = (change: ((entries: readonly JsonObject[]) => readonly Json[]) | null): Difference => ({
  post: (body) => {
    const [told] = body.value as readonly JsonObject[]
    if (told === undefined || !isRoster(told)) return body
    return change === null
      ? null
      : changeIn(body, (one) => ({ ...one, resourceData: change(dataOf(one) as readonly JsonObject[]) }))
  },
})

const joined = (session: Session) => before.hasJoined(session, 'scheduled')
const ended = async (session: Session) => {
  await before.inACall(session, 'John')
  await hangUp(session)
}
const OWN = 'the bot'
const refused = (session: Session) => session.send(1, { change: CHANGES.get('without mediaConfig') })

const SENTENCES: readonly Sentence[] = [
  {
    name: 'a notification of the call has what a table says',
    before: joined,
    says: (session) => single.callNotificationHas(session, 'established', table(['resourceData/id', 'the id of the call'])),
    fails: [['another id', ofState('established', (data) => ({ ...data, id: 'another' })), /id: documented .*came "another"/]],
  },
  {
    name: 'a notification of the roster has what a table says',
    before: joined,
    says: (session) => single.rosterNotificationHas(session, table(['resourceData/*/isMuted', 'yes or no'])),
    fails: [
      ['another type', ofRoster((all) => all.map((one) => ({ ...one, isMuted: 'no' }))), /isMuted: documented .*came "no"/],
    ],
  },
  {
    name: 'a participant has what a table says',
    before: joined,
    says: (session) => single.participantHas(session, OWN, table(['isInLobby', 'no'], ['id', "the bot's participant id"])),
    fails: [
      [
        'another id',
        ofRoster((all) => all.map((one) => ({ ...one, id: 'another' }))),
        /the bot on the roster differs.*\n.*came "another"/,
      ],
    ],
  },
  {
    name: 'the end says how it came',
    before: ended,
    says: (session) => single.saysHowItEnded(session, { code: 0, subcode: 0 }),
    fails: [
      ['no result', ofState('terminated', ({ resultInfo: _, ...data }) => data), /no resultInfo with a code/],
      [
        'another code',
        ofState('terminated', (data) => ({ ...data, resultInfo: { code: 200, subcode: 1 } })),
        /says 200\/1; documented: 0\/0/,
      ],
      ['no end', ofState('terminated', null), /terminated did not come within 60 s; received: .*call updated, established/],
    ],
  },
  {
    name: 'every post is in order',
    before: joined,
    says: single.everyPostIsInOrder,
    fails: [
      [
        'an envelope of another type',
        { post: (body) => ({ ...body, value: 'none' }) },
        /refused a post with 400|no notification said|did not come/,
      ],
    ],
  },
  {
    name: 'nothing is notified',
    before: refused,
    says: sequences.nothingNotified,
    fails: [],
  },
  {
    name: 'the other bot sees everybody',
    before: async (session) => {
      await before.anotherHasJoined(session, 'scheduled')
      await joined(session)
    },
    says: (session) => single.otherBotSees(session, [OWN, 'another bot']),
    fails: [
      ['only itself', ofRoster((all) => all.slice(0, 1)), /the other bot sees .*; expected: the bot, another bot, who are /],
    ],
  },
]

async function failsBy(act: () => Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(act, (error: Error) => {
    assert.ok(error instanceof NonConformance, `${error.name}: ${error.message}`)
    assert.match(error.message, message)
    return true
  })
}

for (const { name, before: first, says, fails } of SENTENCES) {
  describe(name, () => {
    test('holds on the simulator', async () => {
      const session = await sessionWith({})
      await first(session)
      await says(session)
    })
    for (const [what, difference, message] of fails) {
      test(`fails: ${what}`, async () => {
        const session = await sessionWith(difference)
        await failsBy(async () => {
          await first(session)
          await says(session)
        }, message)
      })
    }
  })
}

describe('what a scenario takes for granted', () => {
  const PRECONDITIONS: readonly (readonly [string, (session: Session) => Promise<void>, Difference, RegExp])[] = [
    [
      'a call',
      (session) => before.inACall(session, 'John'),
      ofState('established', null),
      /within 60 s that the call is established/,
    ],
    ['a meeting', joined, ofRoster(null), /within 60 s that the bot is in the meeting/],
    [
      'the lobby',
      (session) => before.waitsInTheLobby(session, 'channel'),
      ofRoster(null),
      /within 60 s that the bot waits in the lobby/,
    ],
  ]
  for (const [name, act, difference, message] of PRECONDITIONS) {
    test(`${name}: comes about`, async () => act(await sessionWith({})))
    test(`${name}: does not come about unless it is notified`, async () => {
      const session = await sessionWith(difference)
      await failsBy(() => act(session), message)
    })
  }
  test('a meeting that no example joins is our fault', async () => {
    const session = await sessionWith({})
    await assert.rejects(
      before.join(session, 'secret'),
      (error: Error) => error instanceof HarnessError && /no example joins/.test(error.message),
    )
  })
})

test('something notified where nothing should be is told', async () => {
  const session = await sessionWith({})
  await session.send(1)
  await failsBy(() => sequences.nothingNotified(session), /nothing should be notified; received: call updated, establishing/)
})

test('"nothing else" without a table before it is our fault', async () => {
  const session = await sessionWith({})
  await assert.rejects(
    sequences.nothingElse(session),
    (error: Error) => error instanceof HarnessError && /needs a table/.test(error.message),
  )
})

test('a post that the bot refused fails the scenario with its reason', async () => {
  const session = await sessionWith({})
  session.bot.callback.refused.push({ status: 401, reason: 'no token came (CC-50)' })
  assert.throws(
    () => refusedPosts(session),
    (error: Error) => error instanceof NonConformance && /401: no token came \(CC-50\)/.test(error.message),
  )
})
