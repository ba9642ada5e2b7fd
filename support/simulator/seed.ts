// The seed of a simulated world: apps, people and meetings by name, how the people behave, and what goes wrong. Read from a YAML file.
import path from 'node:path'
import { z } from 'zod'
import { meetingCoordinates } from '../contract/cast'
import { PROJECT_ROOT, readFixture, repeated, reportFault } from '../contract/fixture'
import { namesOf, WHEN_A_GUEST_WAITS, WHEN_CALLED } from '../contract/people-verbs'
import type { Person } from './core/commands'
import { EVERY_PERMISSION } from './core/permissions'
import { type Meeting, meetingKey } from './core/state'
import type { Order } from './faults/fault'
import { chooseFault } from './faults/fault-list'
import type { App, Directory } from './identity/directory'
import { AUTO, type CallScript, type LobbyScript, MANUAL, type PeopleScripts, REACTION_MS } from './people/scripts'

/** Whether people act by themselves or wait for commands. */
export type PeopleMode = 'auto' | 'manual'

export interface Seed {
  readonly directory: Directory
  readonly scripts: PeopleScripts
  /** Who is in which meeting from the beginning, by the meeting's key. */
  readonly present: readonly { readonly meeting: string; readonly person: Person }[]
  readonly meetingsOnDemand: Meeting['guests'] | null
  /** What is armed from the beginning, and again after each reset. */
  readonly faults: readonly Order[]
  /** Names of the file: apps that have one, persons, and keys of meetings. */
  readonly apps: ReadonlyMap<string, App>
  readonly people: ReadonlyMap<string, Person>
  readonly meetings: ReadonlyMap<string, string>
}

/** The world that the simulator plays when no file is given: that of the page, so that its examples work as printed. */
export const BUILT_IN_SEED = path.join(PROJECT_ROOT, 'fixtures/simulator-seed.yaml')

const text = z.string().min(1)
const guid = z.guid('write a GUID')
const seconds = z.number().nonnegative()

/** As a variable of a shell can be made from it. */
const appName = z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/, 'write letters and digits only, beginning with a letter')

const app = z.strictObject({
  name: appName.optional(),
  clientId: guid,
  displayName: text,
  tenantId: guid,
  secret: z
    .string()
    .regex(/^simulated-/, 'begin it with "simulated-", so that nobody takes it for a secret, or leave it out')
    .optional(),
  permissions: z.union([z.literal('all'), z.array(text)]).default('all'),
  registered: z.boolean().default(true),
})

const person = z.strictObject({
  id: text,
  displayName: text,
  tenantId: guid,
  languageId: text.nullable().default(null),
  whenCalled: z.enum(namesOf(WHEN_CALLED)).optional(),
  after: seconds.optional(),
  hangsUpAfter: seconds.nullable().default(null),
})

const meeting = z
  .strictObject({
    joinUrl: text.optional(),
    threadId: text.optional(),
    messageId: text.default('0'),
    tenantId: guid.optional(),
    organizer: z.strictObject({ id: text, displayName: text.nullable().default(null) }).optional(),
    conferenceId: text.nullable().default(null),
    subject: text.nullable().default(null),
    guests: z.enum(['held', 'admitted']).default('held'),
    whenAGuestWaits: z.enum(namesOf(WHEN_A_GUEST_WAITS)).optional(),
    after: seconds.optional(),
    present: z.array(text).default([]),
  })
  .transform(({ joinUrl, threadId, messageId, tenantId, ...others }, context) => {
    if (joinUrl === undefined) {
      if (threadId !== undefined && tenantId !== undefined) return { ...others, threadId, messageId, tenantId }
      const missing = threadId === undefined ? 'threadId' : 'tenantId'
      reportFault(context, [missing], { cause: 'is missing', remedy: 'write it, or the joinUrl of the meeting' })
      return z.NEVER
    }
    const read = meetingCoordinates(joinUrl)
    if (read.coordinates !== undefined) {
      const { organizer, ...chat } = read.coordinates
      const host = { id: organizer.id, displayName: others.organizer?.displayName ?? null }
      return { ...others, ...chat, joinUrl, tenantId: organizer.tenantId, organizer: host }
    }
    reportFault(context, ['joinUrl'], read.fault)
    return z.NEVER
  })

/** What a fault takes stands beside its name. */
const fault = z
  .object({ fault: text, messages: z.int().positive().nullable().default(null), app: text.nullable().default(null) })
  .catchall(z.unknown())
  .transform(({ fault: id, messages, app, ...written }, context) => {
    const chosen = chooseFault(id, written)
    if ('fault' in chosen) return { ...chosen, messages, app }
    for (const { field, cause, remedy } of chosen) reportFault(context, [field], { cause, remedy })
    return z.NEVER
  })

const seedFile = z
  .strictObject({
    apps: z.array(app).min(1, 'write at least one app'),
    people: z.record(text, person).default({}),
    meetings: z.record(text, meeting).default({}),
    meetingsOnDemand: z.enum(['held', 'admitted', 'none']).default('held'),
    faults: z.array(fault).default([]),
  })
  .superRefine(({ apps, faults }, context) => {
    for (const [at, { app }] of faults.entries()) {
      if (app === null || appNamed(apps, app) !== undefined) continue
      const remedy = `write one of ${apps.map(({ name, clientId }) => name ?? clientId).join(', ')}`
      reportFault(context, ['faults', at, 'app'], { cause: `is ${JSON.stringify(app)}, which is not one of apps`, remedy })
    }
  })
  .superRefine(({ apps, meetings }, context) => {
    const remedy = 'write another, or leave it out'
    for (const at of repeated(apps, ({ name }) => name ?? {}))
      reportFault(context, ['apps', at, 'name'], { cause: `repeats ${apps[at]?.name}`, remedy })
    const named = Object.entries(meetings)
    for (const at of repeated(named, ([, { conferenceId }]) => conferenceId ?? {}))
      reportFault(context, ['meetings', named[at]?.[0] ?? '', 'conferenceId'], { cause: 'is that of another meeting', remedy })
  })
  .superRefine(({ people, meetings }, context) => {
    for (const [name, { present }] of Object.entries(meetings)) {
      for (const [at, somebody] of present.entries()) {
        if (Object.hasOwn(people, somebody)) continue
        const remedy = `write one of ${Object.keys(people).join(', ') || 'those in people, where nobody is yet'}`
        reportFault(context, ['meetings', name, 'present', at], {
          cause: `is ${JSON.stringify(somebody)}, who is not one of people`,
          remedy,
        })
      }
    }
  })

/** By its name, or by its client id. */
function appNamed<Named extends { readonly name?: string | undefined; readonly clientId: string }>(
  apps: readonly Named[],
  named: string,
): Named | undefined {
  return apps.find(({ name }) => name === named) ?? apps.find(({ clientId }) => clientId === named)
}

/**
 * Reads a seed.
 * @throws FixtureError that names the field and what to write there
 */
export function loadSeed(file: string = BUILT_IN_SEED, mode: PeopleMode = 'auto'): Seed {
  const { apps, people, meetings, meetingsOnDemand, faults } = readFixture(file, seedFile)
  const persons = new Map(
    Object.entries(people).map(([name, { id, displayName, languageId }]) => [name, { id, displayName, languageId }]),
  )
  const keys = new Map(Object.entries(meetings).map(([name, { threadId, messageId }]) => [name, meetingKey(threadId, messageId)]))
  const registrations = apps.map(({ name, permissions, secret, ...others }) => {
    const app: App = {
      ...others,
      secret: secret ?? `simulated-${others.clientId}`,
      permissions: permissions === 'all' ? EVERY_PERMISSION : permissions,
    }
    return { name, app }
  })
  const base = mode === 'auto' ? AUTO : MANUAL
  return {
    directory: {
      apps: registrations.map(({ app }) => app),
      people: Object.values(people).map(({ id, displayName, languageId, tenantId }) => ({
        id,
        displayName,
        languageId,
        tenantId,
      })),
      meetings: Object.values(meetings).map(({ present: _, whenAGuestWaits: __, after: ___, ...seed }) => seed),
    },
    scripts: mode === 'auto' ? { ...base, called: callScripts(people), waiting: lobbyScripts(meetings) } : base,
    present: Object.entries(meetings).flatMap(([name, { present }]) =>
      present.map((somebody) => ({ meeting: keys.get(name) as string, person: persons.get(somebody) as Person })),
    ),
    meetingsOnDemand: meetingsOnDemand === 'none' ? null : meetingsOnDemand,
    faults: faults.map(({ app, ...order }) => ({
      ...order,
      scope: { callId: null, appId: app === null ? null : (appNamed(apps, app)?.clientId ?? null) },
    })),
    apps: new Map(registrations.flatMap(({ name, app }) => (name === undefined ? [] : [[name, app]]))),
    people: persons,
    meetings: keys,
  }
}

const ms = (given: number | undefined) => (given === undefined ? REACTION_MS : given * 1000)

function callScripts(people: z.infer<typeof seedFile>['people']): ReadonlyMap<string, CallScript> {
  return new Map(
    Object.values(people).map(({ id, whenCalled, after, hangsUpAfter }) => [
      id,
      {
        does: whenCalled ?? AUTO.anybody.does,
        afterMs: ms(after),
        hangsUpAfterMs: hangsUpAfter === null ? null : hangsUpAfter * 1000,
      },
    ]),
  )
}

function lobbyScripts(meetings: z.infer<typeof seedFile>['meetings']): ReadonlyMap<string, LobbyScript> {
  return new Map(
    Object.values(meetings).map(({ threadId, messageId, whenAGuestWaits, after }) => [
      meetingKey(threadId, messageId),
      { does: whenAGuestWaits ?? AUTO.anywhere.does, afterMs: ms(after) },
    ]),
  )
}
