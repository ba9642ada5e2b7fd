// Plays the documented examples of each revision on the simulator and compares its messages with the printed ones; run as a program, it writes
// the table of docs/printed-messages.md.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { loadCast } from '../../support/contract/cast'
import { loadDocumented } from '../../support/contract/documented'
import { PROJECT_ROOT, readUnchecked } from '../../support/contract/fixture'
import { isObject, type Json, type JsonObject } from '../../support/contract/json'
import { loadRevisions, type Revision } from '../../support/contract/revisions'
import { type App, botApp, directoryOf } from '../../support/simulator/identity/directory'
import { JOHN, PERMISSIONS, SCHEDULED, type Simulated, simulated } from '../kit/simulated-world'

interface Printed {
  readonly kind: string
  readonly status?: number
  readonly url?: string
  readonly file: string | null
}

interface Example {
  readonly number: string
  readonly operation: string
  readonly heading: string
  readonly messages: readonly Printed[]
}

/** Where the simulator's messages are known to differ from the printed ones: the place, and the erratum that says why. */
const KNOWN: readonly (readonly [at: RegExp, erratum: string, heading?: RegExp])[] = [
  [/^mediaConfig\.preFetchMedia$/, 'E-08'],
  [/^meetingInfo\.organizer\.user\.displayName$/, 'E-86'],
  [/^transcription$/, 'E-87'],
  [/^subject$/, 'E-88'],
  [/^mediaConfig\.blob$/, 'E-89'],
  [/^chatInfo\.threadId$/, 'E-67', /channel/],
  [/^chatInfo\.threadId$/, 'E-78', /joinMeetingId/],
  [/^(value\[\d\]\.)?info\.(identity\.\w+(\.\w+)?|region|languageId|platformId)$/, 'E-90'],
  [/^(value\[\d\]\.)?(metadata|recordingInfo|isMuted)$/, 'E-90'],
]

/** A printed message beside the simulator's, and where they differ. */
export interface Compared {
  readonly revision: string
  readonly number: string
  readonly heading: string
  readonly message: string
  readonly differences: readonly Difference[]
}

interface Difference {
  readonly at: string
  readonly printed: string
  readonly played: string
}

export const PRINTED_FILE = 'docs/printed-messages.md'

/** The bot of the examples of group calls. */
const TEST_BOT: App = {
  clientId: 'dd3885da-f9ab-486b-bfae-85de3d445555',
  displayName: 'TestBot',
  tenantId: 'aa67bd4c-8475-432d-bd41-39f255720e0a',
  secret: 'simulated-test-bot',
  permissions: PERMISSIONS,
  registered: true,
}

/** Values that the service makes, by the names of their members: only their type is compared. */
const MADE = /^(id|myParticipantId|callChainId|sourceId|createdDateTime|lastActionDateTime|platformId)$/

function differences(printed: Json, played: Json | undefined, at: string, made: boolean): Difference[] {
  const differ = () => [{ at: at || 'the whole', printed: shown(printed), played: shown(played) }]
  if (played === undefined) return differ()
  if (Array.isArray(printed)) {
    if (!Array.isArray(played) || played.length < printed.length) return differ()
    return printed.flatMap((one, index) => differences(one, played[index], `${at}[${index}]`, made))
  }
  if (isObject(printed)) {
    if (!isObject(played)) return differ()
    return Object.entries(printed).flatMap(([name, value]) =>
      differences(value, played[name], at === '' ? name : `${at}.${name}`, madeAt(at, name)),
    )
  }
  const same = made ? typeof printed === typeof played : withoutIds(printed) === withoutIds(played as Json)
  return same ? [] : differ()
}

/** The id of the call in an address is the service's. */
const withoutIds = (value: Json) => (typeof value === 'string' ? value.replace(/\/calls\/[\w-]{36}/, '/calls/{id}') : value)

/** Ids in the identity of a person or an application are those of the world. */
const madeAt = (at: string, name: string) => MADE.test(name) && !/identity\.\w+$|organizer\.user$/.test(at)

const shown = (value: Json | undefined) => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80))

const fixture = ({ messages }: Revision, operation: string, name: string) =>
  readUnchecked(path.join(PROJECT_ROOT, messages, operation, name)) as JsonObject

/** The examples of an operation as the index of its folder lists them; none where a revision has no such folder. */
function examplesOf(revision: Revision, operation: string): readonly Example[] {
  try {
    return fixture(revision, operation, 'index.json').examples as unknown as readonly Example[]
  } catch {
    return []
  }
}

const BOT = botApp(loadCast())

async function world(): Promise<Simulated> {
  const directory = directoryOf([loadCast()])
  return simulated({
    directory: { ...directory, apps: [BOT, ...directory.apps.filter(({ clientId }) => clientId !== BOT.clientId), TEST_BOT] },
  })
}

/** Plays one example: each printed message with what the simulator says in its place. */
type Play = (
  revision: Revision,
  example: Example,
) => Promise<readonly (readonly [message: string, found: readonly Difference[]])[]>

const JSON_TYPE = { 'content-type': 'application/json' }

/** The organizers of some requests are of another tenant than those of their answers (E-85). */
function corrected(request: JsonObject): JsonObject {
  const { meetingInfo } = request
  if (!isObject(meetingInfo) || !isObject(meetingInfo.organizer) || !isObject(meetingInfo.organizer.user)) return request
  const user = { ...meetingInfo.organizer.user, tenantId: TEST_BOT.tenantId }
  return { ...request, meetingInfo: { ...meetingInfo, organizer: { ...meetingInfo.organizer, user } } }
}

const namesTestBot = (request: JsonObject) => JSON.stringify(request).includes(TEST_BOT.clientId)

async function created(run: Simulated, { callsPath }: Revision, request: JsonObject) {
  const token = namesTestBot(request) ? { token: await run.token(TEST_BOT) } : { token: await run.token(BOT) }
  const body = JSON.stringify(corrected(request))
  return run.ask('POST', callsPath, { ...token, headers: JSON_TYPE, body })
}

/** Lets the called person answer, or the meeting let the bot in. */
async function establish(run: Simulated, callId: string): Promise<void> {
  if (run.simulator.calls().some(({ meeting }) => meeting === null)) run.simulator.perform({ kind: 'answer', callId })
  await run.advance(5_000)
}

const createCall: Play = async (revision, { messages }) => {
  const of = (kind: string) => messages.find((one) => one.kind === kind)
  const read = (one: Printed | undefined) => (one?.file ? fixture(revision, 'create-call', one.file) : null)
  const run = await world()
  const request = read(of('request'))
  if (request === null) return []
  if (of('notification-roster') !== undefined) run.simulator.perform({ kind: 'join', meeting: SCHEDULED, person: JOHN })
  const answer = await created(run, revision, request)
  const response = read(of('response'))
  const answered: Difference[] =
    answer.status === 201
      ? response === null
        ? []
        : differences(response, answer.body, '', false)
      : [{ at: 'status', printed: '201', played: `${answer.status} ${answer.text.slice(0, 200)}` }]
  await run.simulator.idle()
  await establish(run, String(answer.body.id))
  const notifications = messages
    .filter(({ kind }) => /^notification-(establishing|established|roster)$/.test(kind))
    .map((one) => {
      const kind = one.kind.replace('notification-', '')
      const posted = run.inbox.map(({ body }) => body).findLast((body) => kindOf(body) === kind)
      return [kind, differences(read(one) as JsonObject, posted, '', false)] as const
    })
  return [['response', answered], ...notifications]
}

/** `roster`, or the state of the call that a notification is about. */
function kindOf(body: JsonObject): string {
  const [change] = body.value as readonly JsonObject[]
  return Array.isArray(change?.resourceData) ? 'roster' : String((change?.resourceData as JsonObject | undefined)?.state)
}

/** The request of the suite's example: 1 calls a person, 3 joins a meeting. */
const requestOf = (revision: Revision, number: number) =>
  loadDocumented('create-call', revision).examples.get(number)?.request as JsonObject

const getCall: Play = async (revision, { messages, heading }) => {
  const responses = messages.filter(({ kind, file }) => kind.startsWith('response') && file !== null)
  return Promise.all(
    responses.map(async ({ kind, file }) => {
      const run = await world()
      const inMeeting = kind === 'response-2' || /group/.test(heading)
      const { body } = await created(run, revision, requestOf(revision, inMeeting ? 3 : 1))
      await establish(run, String(body.id))
      const token = await run.token(BOT)
      const given = await run.ask('GET', `${revision.callsPath}/${body.id}`, { token })
      return [kind, differences(fixture(revision, 'get-call', String(file)), given.body, '', false)] as const
    }),
  )
}

const keepAlive: Play = async (revision) => {
  const run = await world()
  const { body } = await created(run, revision, requestOf(revision, 1))
  const { status, text } = await run.ask('POST', `${revision.callsPath}/${body.id}/keepAlive`, { token: await run.token(BOT) })
  return [['response', differences({ status: 200, text: '' }, { status, text }, '', false)]]
}

/** Other participants than those of the world are printed: only the members and their types are compared. */
const participants: Play = async (revision, { messages, operation }) => {
  const run = await world()
  const { body } = await created(run, revision, requestOf(revision, 3))
  run.simulator.perform({ kind: 'join', meeting: run.simulator.calls()[0]?.meeting as string, person: PERSON })
  await establish(run, String(body.id))
  const token = await run.token(BOT)
  const list = await run.ask('GET', `${revision.callsPath}/${body.id}/participants`, { token })
  const [first] = (list.body.value as readonly JsonObject[]).toReversed()
  const one = await run.ask('GET', `${revision.callsPath}/${body.id}/participants/${first?.id}`, { token })
  const { file = null } = messages.find(({ kind }) => kind === 'response') ?? {}
  const printed = fixture(revision, 'participants', String(file))
  return [['response', shapeDifferences(printed, operation === 'get participant' ? one.body : list.body)]]
}

const PERSON = { id: '550fae72-d251-43ec-868c-373732c2704f', displayName: 'Heidi Steen', languageId: 'en-US' }

/** The entry of a list with the same kind of identity, else its last. */
function likest(printed: Json, played: Json | undefined): Json | undefined {
  if (!Array.isArray(played)) return undefined
  const kind = /"(user|phone|application)":\{/.exec(JSON.stringify(printed))?.[1]
  return played.find((one: Json) => JSON.stringify(one).includes(`"${kind}":{`)) ?? played.at(-1)
}

function shapeDifferences(printed: Json, played: Json | undefined, at = ''): Difference[] {
  if (Array.isArray(printed))
    return printed.flatMap((one: Json, index) => shapeDifferences(one, likest(one, played), `${at}[${index}]`))
  if (isObject(printed) && isObject(played))
    return Object.entries(printed).flatMap(([name, value]) =>
      shapeDifferences(value, played[name], at === '' ? name : `${at}.${name}`),
    )
  const same = played !== undefined && (typeof printed === typeof played || played === null)
  return same ? [] : [{ at, printed: shown(printed), played: shown(played) }]
}

const PLAYS: Readonly<Record<string, Play>> = {
  'create-call': createCall,
  'get-call': getCall,
  'keep-alive': keepAlive,
  participants,
}

/** Every handed example of these operations beside the simulator, in the order of revisions and examples. */
export async function comparedMessages(): Promise<readonly Compared[]> {
  const all: Compared[] = []
  for (const revision of loadRevisions())
    for (const [operation, play] of Object.entries(PLAYS))
      for (const example of examplesOf(revision, operation).filter(({ number }) => number !== undefined))
        for (const [message, found] of await play(revision, example))
          all.push({ revision: revision.id, number: example.number, heading: example.heading, message, differences: found })
  return all
}

const shownRow = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

/** The erratum of a difference; undefined for one that no erratum explains. */
export function erratumOf({ at }: Difference, { heading }: Pick<Compared, 'heading'>): string | undefined {
  return KNOWN.find(([place, , headings]) => place.test(at) && headings?.test(heading) !== false)?.[1]
}

/** The page, the same for the same data. */
export function printedPage(all: readonly Compared[]): string {
  const rows = all.map(({ revision, number, heading, message, differences: found }) =>
    shownRow([
      revision,
      number,
      heading,
      message,
      found.length === 0 ? 'yes' : 'yes, but for',
      found.map((one) => `\`${one.at}\` (${erratumOf(one, { heading }) ?? 'unknown'})`).join(', '),
    ]),
  )
  const head = ['Revision', 'Message', 'Heading on its page', 'Kind', 'As printed', 'Errata']
  return `# Documented messages beside the simulator

Each example of getting and keeping a call and of its participants that the pages print, and each of creating one that the later pages print: what the simulator answers and
posts when its request is sent. Ids that the service makes are compared by their type, participants by their members. An E is an erratum
([fidelity](fidelity.md#errata)): a place where the documents contradict themselves. \`npm run fidelity\` makes this page, and a test compares
it with what the simulator does now.

${[shownRow(head), `|${head.map(() => ':--').join('|')}|`, ...rows].join('\n')}
`
}

if (require.main === module)
  void comparedMessages().then((all) => writeFileSync(path.join(PROJECT_ROOT, PRINTED_FILE), printedPage(all)))
