// The captured calls are the judge of the observed profile: played again under each root, they post messages with the members of the
// captures and no others.
import assert from 'node:assert/strict'
import { test } from 'mocha'
import { isObject, type Json, type JsonObject } from '../../support/contract/json'
import type { Profile } from '../../support/contract/profiles'
import { REVISIONS } from '../../support/simulator/http/revisions'
import { bodyOf, index, NOT_THERE } from '../kit/captured-messages'
import { ANNA, GRAPH, JOHN, request, SCHEDULED, type Simulated, simulated, TENANT } from '../kit/simulated-world'
import { describeUnless, testUnless } from '../kit/unless'

const NOTIFICATIONS = 'notifications/'

/** What happens to a call after it was created, and the captured messages that the posted ones must be like, in their order. */
interface Course {
  /** Of the index; null for messages that belong to no recorded call. */
  readonly sequence: string | null
  readonly body: JsonObject
  readonly before?: (run: Simulated) => void
  readonly after: (run: Simulated, callId: string) => Promise<void>
  /** null: posted, and in no capture. */
  readonly posts: readonly (string | null)[]
  /** Messages of the sequence that the simulator does not post, with the reason. */
  readonly left: Readonly<Record<string, string>>
}

const user = ({ id, displayName }: { readonly id: string; readonly displayName: string }): JsonObject => ({
  '@odata.type': '#microsoft.graph.participantInfo',
  identity: {
    '@odata.type': '#microsoft.graph.identitySet',
    user: { '@odata.type': '#microsoft.graph.identity', displayName, id },
  },
})

async function people(run: Simulated, callId: string, ...deeds: readonly ('answer' | 'hang-up')[]): Promise<void> {
  for (const kind of deeds) {
    assert.equal(run.simulator.perform({ kind, callId, personId: JOHN.id }), null, kind)
    await run.simulator.idle()
  }
}

const TONES = 'the simulator plays no tones'
const PROMPTS = 'the simulator plays no prompts'
const ESCALATION = 'in the simulator a call between two stays one'

const COURSES: readonly Course[] = [
  {
    sequence: 'p2p-unanswered',
    body: request(1),
    after: (run) => run.advance(61_000),
    posts: ['01-p2p-failed-establishing', '02-p2p-failed-deleted-200-5002'],
    left: {},
  },
  {
    sequence: 'p2p-call-1',
    body: request(1),
    after: (run, callId) => people(run, callId, 'answer', 'hang-up'),
    posts: ['03-p2p-1-establishing', '04-p2p-1-established', '05-p2p-1-established-audio-active', '08-p2p-1-hangup-200-5002'],
    left: { '06-p2p-1-tone': TONES, '07-p2p-1-playprompt-completed': PROMPTS },
  },
  {
    sequence: 'p2p-call-2-escalated',
    body: request(1),
    after: (run, callId) => people(run, callId, 'answer'),
    posts: ['09-p2p-2-establishing', '10-p2p-2-established', '11-p2p-2-established-mediastate'],
    left: {
      '12-p2p-2-established-chatinfo': ESCALATION,
      '13-p2p-2-established-tokenmeetinginfo': ESCALATION,
      '14-p2p-2-roster': ESCALATION,
    },
  },
  {
    sequence: 'group-call',
    body: request(1, { targets: [user(JOHN), user(ANNA)] }),
    after: async (run, callId) => {
      await people(run, callId, 'answer')
      assert.equal(run.simulator.perform({ kind: 'decline', callId, personId: ANNA.id }), null)
      await people(run, callId, 'hang-up')
    },
    posts: ['15-group-establishing', '16-group-established', '18-group-roster-bot-and-user', '19-group-deleted-200-5010'],
    left: { '17-group-roster-bot-only': 'in the simulator the bot comes onto the roster with the first who answers' },
  },
  {
    // The join of 2025 was captured alone; the roster with a user and a bot is that of the escalated call.
    sequence: null,
    body: request(3, {
      meetingInfo: {
        '@odata.type': '#microsoft.graph.organizerMeetingInfo',
        organizer: {
          '@odata.type': '#microsoft.graph.identitySet',
          user: {
            '@odata.type': '#microsoft.graph.identity',
            id: '5810cede-f3cc-42eb-b2c1-e9bd5d53ec96',
            displayName: 'Bob',
            tenantId: TENANT,
          },
        },
      },
    }),
    before: ({ simulator }) => assert.equal(simulator.perform({ kind: 'join', meeting: SCHEDULED, person: JOHN }), null),
    after: (run) => run.advance(1_000),
    // No capture shows an established call in a meeting.
    posts: ['20-meeting-establishing-2025', null, '14-p2p-2-roster'],
    left: {},
  },
]

/** Members of captures that the profile does not post, with the reason. A path fits from its end; a member inside one is left, too. */
const NOT_MODELLED: readonly (readonly [path: RegExp, reason: string])[] = [
  [/\.endpointId$/, 'it names a device of the person or the bot, which no request takes'],
  [/\.clientVersion$/, 'it is the version of a client of Teams'],
  [/\.replacementLink$/, 'it is an address inside of the service, which no documented request takes'],
]

/** The same for one captured message. */
const NOT_IN: Readonly<Record<string, readonly (readonly [path: RegExp, reason: string])[]>> = {
  '18-group-roster-bot-and-user': [
    [/\.languageId$/, 'a person who is called in the simulator has no client with a language; one who joins a meeting has'],
  ],
  '19-group-deleted-200-5010': [[/\.meetingInfo(\.|$)/, 'the service makes a token of the group, which the simulator does not']],
}

/** The bot of the captured group call is the owner of a telephone number; the simulated one calls as an application. */
const sameKind = (path: string) => path.replace('.applicationInstance', '.application')

/** Paths of all members, without the positions in lists. */
function membersOf(value: Json, path = ''): readonly string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((one) => membersOf(one, path)))]
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, member]) => {
    const own = sameKind(`${path}.${name}`)
    return [own, ...membersOf(member, own)]
  })
}

const wanted = (name: string): readonly string[] => {
  const left = [...NOT_MODELLED, ...(NOT_IN[name] ?? [])]
  const all = membersOf(bodyOf(`${NOTIFICATIONS}${name}.json`))
  return [...new Set(all)].filter((member) => !left.some(([path]) => path.test(member))).sort()
}

async function posted({ body, before, after }: Course, root: string, profile: Profile): Promise<readonly JsonObject[]> {
  const run = await simulated({ profile })
  before?.(run)
  const headers = { 'content-type': 'application/json' }
  const answer = await run.ask('POST', root, { headers, body: JSON.stringify(body), origin: GRAPH })
  assert.equal(answer.status, 201, answer.text)
  await run.simulator.idle()
  await after(run, String(answer.body.id))
  return run.inbox.map((one) => one.body)
}

describeUnless(NOT_THERE, 'the observed profile posts the members of the captures', () => {
  for (const { root } of REVISIONS)
    for (const course of COURSES) {
      test(`under ${root}: ${course.sequence ?? 'a join'}`, async () => {
        const bodies = await posted(course, root, 'observed')
        assert.equal(bodies.length, course.posts.length, JSON.stringify(bodies))
        for (const [at, name] of course.posts.entries()) {
          if (name !== null) assert.deepEqual([...new Set(membersOf(bodies[at] as JsonObject))].sort(), wanted(name), name)
        }
      })
    }
})

testUnless(NOT_THERE, 'every recorded call is played, or left for a reason', () => {
  const left = { 'recording-call-4-of-4': 'the simulator makes no incoming calls' }
  const played = COURSES.flatMap(({ sequence }) => (sequence === null ? [] : [sequence]))
  assert.deepEqual([...played, ...Object.keys(left)].sort(), Object.keys(index.sequences).sort())
  for (const { sequence, posts, left } of COURSES.filter((one) => one.sequence !== null)) {
    const files = [...posts, ...Object.keys(left)].map((name) => `${NOTIFICATIONS}${name}.json`)
    assert.deepEqual(files.sort(), [...(index.sequences[sequence as string] ?? [])].sort())
  }
})

testUnless(NOT_THERE, 'every member that is left out stands in a capture', () => {
  const names = COURSES.flatMap(({ posts }) => posts).filter((name) => name !== null)
  const membersIn = (name: string) => membersOf(bodyOf(`${NOTIFICATIONS}${name}.json`))
  for (const [path] of NOT_MODELLED)
    assert.ok(
      names.some((name) => membersIn(name).some((member) => path.test(member))),
      `${path}`,
    )
  for (const [name, rows] of Object.entries(NOT_IN))
    for (const [path] of rows)
      assert.ok(
        membersIn(name).some((member) => path.test(member)),
        `${name} ${path}`,
      )
})

testUnless(NOT_THERE, 'the documented profile does not', async () => {
  const [, call] = COURSES as readonly [Course, Course]
  const bodies = await posted(call, '/beta/app/calls', 'documented')
  assert.deepEqual(bodies.length, 3)
  assert.notDeepEqual([...membersOf(bodies[0] as JsonObject)].sort(), wanted(call.posts[0] as string))
})
