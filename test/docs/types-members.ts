// Collects the member names of our types from messages and shapes, and those of Microsoft's types from their declarations.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { loadDocumented } from '../../support/contract/documented'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import { isObject, type Json, type JsonObject } from '../../support/contract/json'
import { commsNotification, commsNotifications } from '../../support/contract/messages'
import { REACTION_MS } from '../../support/simulator/people/scripts'
import { CALLS, CHANNEL, DIRECTORY, JOHN, registration, request, SCHEDULED, simulated } from '../kit/simulated-world'

/** Member names by type, as the type is called in `@odata.type` without its prefix. */
export type Members = ReadonlyMap<string, ReadonlySet<string>>

type Collected = Map<string, Set<string>>

function collect(into: Collected, type: string, names: readonly string[]): void {
  const known = into.get(type) ?? new Set()
  for (const name of names) known.add(name)
  into.set(type, known)
}

/** Types of objects without a type annotation, by the member that holds them. */
const UNTYPED: Readonly<Record<string, string>> = {
  preFetchMedia: 'mediaInfo',
  participants: 'meetingParticipants',
  organizer: 'meetingParticipantInfo',
}

/** Every object of a message by its type. Names that begin with @ are annotations, not members. */
function collectMessage(into: Collected, value: Json, standsIn = ''): void {
  if (Array.isArray(value)) for (const entry of value) collectMessage(into, entry, standsIn)
  if (!isObject(value)) return
  const written = value['@odata.type']
  const type = typeof written === 'string' ? written.replace(/^#microsoft\.graph\./, '') : UNTYPED[standsIn]
  if (type === undefined) throw new Error(`an object in ${standsIn || 'a message'} has no @odata.type: say in UNTYPED what it is`)
  const members = Object.entries(value).filter(([name]) => !name.startsWith('@'))
  collect(
    into,
    type,
    members.map(([name]) => name),
  )
  for (const [name, member] of members) collectMessage(into, member, name)
}

/** The messages that the page prints. */
function printed(): readonly Json[] {
  return [...loadDocumented().examples.values()].flatMap(({ request, response, notifications }) => [
    request,
    ...(response === null ? [] : [response.body]),
    ...Object.values(notifications),
  ])
}

const LOOK_UP = { permissions: ['OnlineMeetings.Read.All'], conferenceId: '1', organizer: { id: 'bob', displayName: 'Bob' } }

/** The simulator's responses and posts: calls of every form, with people, an admitted guest, ends of either side; a looked-up meeting. */
async function emitted(): Promise<readonly Json[]> {
  const { permissions, ...known } = LOOK_UP
  const reader = registration(7, { permissions })
  const [meeting, ...meetings] = DIRECTORY.meetings as readonly [(typeof DIRECTORY.meetings)[number]]
  const directory = { ...DIRECTORY, apps: [...DIRECTORY.apps, reader], meetings: [{ ...meeting, ...known }, ...meetings] }
  const run = await simulated({ directory })
  const lookedUp = await run.ask('GET', `/beta/app/onlineMeetings/${known.conferenceId}`, { token: await run.token(reader) })
  if (lookedUp.status !== 200) throw new Error(`the look-up of a meeting was answered ${lookedUp.status}`)
  const answers: JsonObject[] = [lookedUp.body]
  run.simulator.people.whenCalled(JOHN.id, 'answers')
  for (const example of loadDocumented().examples.keys()) {
    const { status, body } = await run.create(request(example))
    if (status !== 201) throw new Error(`example ${example} was answered ${status}`)
    const callId = String(body.id)
    answers.push(body)
    await run.advance(REACTION_MS)
    for (const meeting of [SCHEDULED, CHANNEL]) run.simulator.perform({ kind: 'join', meeting, person: JOHN })
    run.simulator.perform({ kind: 'admit', callId })
    if (example > 1) await run.ask('DELETE', `${CALLS}/${callId}`)
    else run.simulator.perform({ kind: 'hang-up', callId })
    await run.simulator.idle()
  }
  return [...answers, ...run.inbox.map(({ body }) => body)]
}

const REQUEST_SHAPES = 'support/simulator/core/request.ts'

const stringsIn = (nodes: readonly ts.Node[]) => nodes.filter(ts.isStringLiteral).map(({ text }) => text)
const isCallOf = (node: ts.Node, name: string): node is ts.CallExpression =>
  ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === name

/**
 * The members in the simulator's shapes of a request: `typed([names of types], { members })`, an object whose `@odata.type` is a
 * `type(names of types)`, and one that spreads such an object. The shapes are open, so this is what they look at.
 */
function collectAccepted(into: Collected): void {
  const tree = ts.createSourceFile(
    REQUEST_SHAPES,
    readFileSync(path.join(PROJECT_ROOT, REQUEST_SHAPES), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  )
  const constants = new Map<string, ts.Expression>()
  const nameOf = (property: ts.ObjectLiteralElementLike) =>
    property.name !== undefined && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name)) ? property.name.text : ''
  const typesOf = (shape: ts.ObjectLiteralExpression): readonly string[] =>
    shape.properties.flatMap((property) => {
      if (ts.isSpreadAssignment(property) && ts.isIdentifier(property.expression)) {
        const spread = constants.get(property.expression.text)
        return spread !== undefined && ts.isObjectLiteralExpression(spread) ? typesOf(spread) : []
      }
      if (nameOf(property) !== '@odata.type' || !ts.isPropertyAssignment(property)) return []
      const found: string[] = []
      const look = (node: ts.Node): void => {
        if (isCallOf(node, 'type')) found.push(...stringsIn(node.arguments))
        ts.forEachChild(node, look)
      }
      look(property.initializer)
      return found
    })
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined)
      constants.set(node.name.text, node.initializer)
    const [first, second] = isCallOf(node, 'typed') ? node.arguments : []
    const shape = ts.isObjectLiteralExpression(node) ? node : second
    if (shape !== undefined && ts.isObjectLiteralExpression(shape)) {
      const types = first !== undefined && ts.isArrayLiteralExpression(first) ? stringsIn(first.elements) : typesOf(shape)
      const names = shape.properties.map(nameOf).filter((name) => name !== '' && !name.startsWith('@'))
      for (const type of types) collect(into, type, names)
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
}

let gathered: Promise<Members> | undefined

/** The members that our messages and shapes know, by type. */
export function ours(): Promise<Members> {
  gathered ??= gather()
  return gathered
}

async function gather(): Promise<Members> {
  const members: Collected = new Map()
  for (const message of [...printed(), ...(await emitted())]) collectMessage(members, message)
  collectAccepted(members)
  const named = (shape: object) => Object.keys(shape).filter((name) => !name.startsWith('@'))
  collect(members, 'commsNotification', named(commsNotification.shape))
  collect(members, 'commsNotifications', named(commsNotifications.shape))
  return members
}

export const PACKAGE = '@microsoft/microsoft-graph-types-beta'

export interface Theirs {
  readonly version: string
  /** Null for a type that the package does not declare. */
  membersOf(type: string): ReadonlySet<string> | null
}

let read: Theirs | undefined

/**
 * The installed package: the members of each interface that it declares at its top, inherited ones included.
 * @throws Error where it is not installed
 */
export function theirs(): Theirs {
  read ??= readPackage()
  return read
}

function readPackage(): Theirs {
  const manifest = require.resolve(`${PACKAGE}/package.json`)
  const { version, types } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string; types: string }
  const text = readFileSync(path.join(path.dirname(manifest), types), 'utf8')
  const { statements } = ts.createSourceFile(types, text, ts.ScriptTarget.Latest)
  const interfaces = new Map(statements.filter(ts.isInterfaceDeclaration).map((one) => [one.name.text, one]))
  const members = (name: string): readonly string[] => {
    const declared = interfaces.get(name)
    const above = declared?.heritageClauses?.flatMap((clause) => clause.types.map(({ expression }) => expression)) ?? []
    const own =
      declared?.members.flatMap((one) => (one.name !== undefined && ts.isIdentifier(one.name) ? [one.name.text] : [])) ?? []
    return [...above.filter(ts.isIdentifier).flatMap(({ text }) => members(text)), ...own]
  }
  return {
    version,
    membersOf: (type) => {
      const name = `${type[0]?.toUpperCase()}${type.slice(1)}`
      return interfaces.has(name) ? new Set(members(name)) : null
    },
  }
}
