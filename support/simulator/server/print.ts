// What the standalone simulator prints when it has started: for a newcomer, or in one line of JSON for a script.
import { styleText } from 'node:util'
import type { WhenAGuestWaits, WhenCalled } from '../../contract/people-verbs'
import type { Profile } from '../../contract/profiles'
import { PERMISSIONS } from '../core/forms'
import { type Admission, meetingKey } from '../core/state'
import type { App } from '../identity/directory'
import type { LobbyScript } from '../people/scripts'
import type { JournalEntry } from '../runtime/journal'
import { firstCall, shellQuoted, trustSettings } from './first-steps'
import type { ServeOptions } from './options'
import type { Addresses, Announced, Control, Started } from './serving'

type Colour = Parameters<typeof styleText>[0]
/** Puts a colour on a text, or leaves it as it is where there is no terminal. */
type Paint = (colour: Colour, text: string) => string

export function paintFor(colours: boolean): Paint {
  return (colour, text) => (colours ? styleText(colour, text, { validateStream: false }) : text)
}

/** Towards Graph, towards the bot, among people, what the service did by itself, what a reset gave up, and what an armed fault did. */
const MARKS: Readonly<Record<JournalEntry['kind'], string>> = {
  request: '→',
  delivery: '←',
  people: '·',
  service: '◦',
  discarded: '×',
  fault: '↯',
}

/** An entry of the journal as people read it; what was refused or did not arrive stands out, and otherwise where an armed fault is the cause. */
export function liveLine(entry: JournalEntry, paint: Paint): string {
  const time = new Date(entry.at).toTimeString().slice(0, 8)
  const line = `${MARKS[entry.kind]} ${entry.text}`
  const colour = entry.fault === undefined ? 'red' : 'magenta'
  return `  ${paint('gray', time)} ${wentWrong(entry) ? paint(colour, line) : line}`
}

/** Problems that no service was asked about, such as a client that does not trust the certificate. */
export function problemLine(text: string, paint: Paint): string {
  return `  ${paint('gray', new Date().toTimeString().slice(0, 8))} ${paint('red', `! ${text}`)}`
}

function wentWrong(entry: JournalEntry): boolean {
  switch (entry.kind) {
    case 'request':
      return (entry.request?.status ?? 500) >= 400
    case 'delivery':
      return entry.delivery?.outcome !== 'delivered'
    case 'people':
      return (entry.people?.reason ?? null) !== null
    case 'service':
    case 'discarded':
      return false
    case 'fault':
      return true
  }
}

/** Everything that a script needs to use the simulator; the shape is part of the contract. */
export function jsonLine({ world: { simulator, seed }, addresses, control, envFile, options }: Announced): string {
  const names = new Map([...seed.apps].map(([name, app]) => [app, name]))
  const coordinates = new Map(seed.directory.meetings.map((one) => [meetingKey(one.threadId, one.messageId), one]))
  return JSON.stringify({
    ...addresses,
    control,
    envFile,
    profile: options.profile,
    apps: seed.directory.apps.map((app) => {
      const { clientId, tenantId, displayName, secret, permissions, registered } = app
      return { name: names.get(app) ?? null, clientId, tenantId, displayName, secret, permissions, registered }
    }),
    people: [...seed.people].map(([name, { id, displayName }]) => ({ name, id, displayName })),
    meetings: [...seed.meetings].map(([name, key]) => {
      const { threadId, messageId, tenantId } = coordinates.get(key) as NonNullable<ReturnType<typeof coordinates.get>>
      return { name, threadId, messageId, tenantId }
    }),
    faults: simulator.faults.list(),
  })
}

const WHEN_CALLED: Readonly<Record<WhenCalled, string>> = {
  answers: 'answers',
  declines: 'declines',
  'is-busy': 'turns out to be in another call',
  silent: 'does not pick up',
}

const WHEN_A_GUEST_WAITS: Readonly<Record<WhenAGuestWaits, string>> = {
  admits: 'are admitted',
  refuses: 'are turned away',
  'leaves-in-lobby': 'stay there',
}

const inSeconds = (ms: number) => `${ms / 1000} s`
const soon = (ms: number) => (ms === 0 ? 'at once' : `after ${inSeconds(ms)}`)

/** What is served, in one line. */
export const TITLE =
  'Graph on localhost: the calling API as the page "Create call" documents it. No tenant, no account, no personal data.'

const FAULTS = 'ARMED FAULTS: these go wrong on purpose'

interface Section {
  readonly title: string
  readonly lines: readonly string[]
}

/** What a person needs to know, from the addresses to a first call; a section without lines is left out. */
export function sectionsOf(started: Announced): readonly Section[] {
  const { world, addresses, control, options } = started
  const section = (title: string, lines: readonly string[]) => ({ title, lines })
  return [
    section('Addresses', table(addressRows(addresses, control))),
    section('Apps to call with', appsLines(world.seed.directory.apps)),
    section('People to call', table(peopleRows(started))),
    section('Meetings to join', table(meetingRows(started))),
    section('Messages, time and deliveries', [MESSAGES[options.profile], timeLine(options), deliveryLine(options)]),
    section(FAULTS, faultLines(world)),
    section('So that a bot trusts the certificate', addresses.caFile === null ? [] : trustSettings(addresses.caFile)),
    section('A full conformance run', fullRun(started.envFile)),
    section('A first call, with curl', firstCall(started)),
  ].filter(({ lines }) => lines.length > 0)
}

/** The lines that a person reads in the terminal. */
export function announcement(started: Announced, paint: Paint): string[] {
  const [name = '', ...rest] = TITLE.split(':')
  return [
    '',
    `${paint('bold', name)}:${rest.join(':')}`,
    ...sectionsOf(started).flatMap(({ title, lines }) => [
      '',
      paint('bold', title),
      ...lines.map((line) => (line === '' ? '' : `  ${title === FAULTS ? paint('magenta', line) : line}`)),
    ]),
    '',
    paint('bold', 'What happens, as it happens (Ctrl-C ends the simulator)'),
    '',
  ]
}

function fullRun(envFile: string | null): string[] {
  return envFile === null ? [] : [`set -a; . ${shellQuoted(envFile)}; set +a; npm run conformance -- --target tenant`]
}

function addressRows({ http, https, callsPaths, authority, openIdConfiguration }: Addresses, control: Control): string[][] {
  const [first, ...others] = callsPaths
  return [
    ['Graph', `${https ?? http}${first}`],
    ['', `also ${others.join(', ')}${https === null ? '' : `, and the same on ${http}`}`],
    ['Token service', `${authority}/TENANT/oauth2/v2.0/token`],
    ['Notification keys', openIdConfiguration],
    ['Control API', control.url],
    ['', `Authorization: Bearer ${control.token}`],
  ]
}

/** So many apps are shown in full; the built-in seed has one for every set of permissions. */
const SHOWN_APPS = 3

function appsLines(apps: readonly App[]): string[] {
  const others = apps.length - SHOWN_APPS
  const left = `and ${others} registration${others === 1 ? '' : 's'} with other permission sets (--json lists them)`
  return [...apps.slice(0, SHOWN_APPS).flatMap(appLines), ...(others > 0 ? [left] : [])]
}

function appLines({ displayName, clientId, tenantId, secret, permissions, registered }: App): string[] {
  const all = PERMISSIONS.every((permission) => permissions.includes(permission))
  return [
    displayName,
    ...table([
      ['  client id', clientId],
      ['  tenant', tenantId],
      ['  secret', secret],
      ['  permissions', all ? `all for calling: ${permissions.join(', ')}` : permissions.join(', ') || 'none'],
      ...(registered ? [] : [['  registration', 'not registered for calling']]),
    ]),
  ]
}

function peopleRows({ world: { seed }, options }: Started): string[][] {
  return [...seed.people].map(([name, { id }]) => {
    if (options.people === 'manual') return [name, id, 'waits for the control API']
    const { does, afterMs, hangsUpAfterMs } = seed.scripts.called.get(id) ?? seed.scripts.anybody
    const then = hangsUpAfterMs === null ? '' : `, and hangs up ${inSeconds(hangsUpAfterMs)} later`
    return [name, id, does === 'silent' ? WHEN_CALLED[does] : `${WHEN_CALLED[does]} ${soon(afterMs)}${then}`]
  })
}

function meetingRows({ world: { seed }, options }: Started): string[][] {
  return [...seed.meetings].map(([name, key]) => {
    const { threadId, messageId, guests, applications } = seed.directory.meetings.find(
      (one) => meetingKey(one.threadId, one.messageId) === key,
    ) as (typeof seed.directory.meetings)[number]
    const lobby =
      options.people === 'manual'
        ? 'wait for the control API'
        : lobbyWords(seed.scripts.waiting.get(key) ?? seed.scripts.anywhere)
    const there = seed.present.filter(({ meeting }) => meeting === key).map(({ person }) => person.displayName)
    const present = there.length === 0 ? 'empty' : `${there.join(', ')} there`
    return [
      name,
      `${threadId} message ${messageId}`,
      `${present}; ${admissions({ guests, applications: applications ?? 'admitted' }, lobby)}`,
    ]
  })
}

function admissions(meeting: Readonly<Record<'guests' | 'applications', Admission>>, lobby: string): string {
  const held = (['guests', 'applications'] as const).filter((one) => meeting[one] === 'held')
  const others = meeting.guests === 'admitted' ? '; guests come in at once' : ''
  return held.length === 0 ? 'guests come in at once' : `${held.join(' and ')} wait in the lobby and ${lobby}${others}`
}

function lobbyWords({ does, afterMs }: LobbyScript): string {
  return does === 'leaves-in-lobby' ? WHEN_A_GUEST_WAITS[does] : `${WHEN_A_GUEST_WAITS[does]} ${soon(afterMs)}`
}

/** From the seed; what the control API arms later is printed as it happens. */
function faultLines({ simulator, seed }: Started['world']): string[] {
  const names = new Map([...seed.apps].map(([name, { clientId }]) => [clientId, name]))
  return simulator.faults.list().map(({ fault, parameters, left, appId }) => {
    const values = Object.entries(parameters).map(([name, value]) => `${name} ${value}`)
    const often = left === null ? 'until disarmed' : `for ${left} message${left === 1 ? '' : 's'}`
    const whose = appId === null ? [] : [`of app ${names.get(appId) ?? appId}`]
    return `${fault}: ${[...values, often, ...whose].join(', ')}`
  })
}

const MESSAGES: Readonly<Record<Profile, string>> = {
  documented: 'Messages are as the pages of each root print them; --profile observed gives them the known drift of today.',
  observed: "Messages have the known drift of today's wire (observed profile).",
}

function timeLine({ time }: ServeOptions): string {
  if (time === 'virtual') return 'Time stands still until the control API moves it (move-clock).'
  return time.speed === 1 ? 'Time is real time.' : `Time passes ${time.speed} times as fast as real time; tokens keep real time.`
}

function deliveryLine({ allowedHosts }: ServeOptions): string {
  const others = allowedHosts.length === 0 ? ' only; --allow-callback HOST adds another' : ` and to ${allowedHosts.join(', ')}`
  return `Notifications are delivered to this machine${others}.`
}

/** Columns as wide as their widest cell; the last is left as it is. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  '),
  )
}
