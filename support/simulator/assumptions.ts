// What the simulator takes for granted, in one list: every row of its tables that is no fact, and what stands in code outside of tables.

import { CALL_OPERATIONS } from './core/call-operations'
import { SHARING_NOTICES } from './core/content-sharing'
import { ENDS, type ResultInfo, SERVICE_ENDS } from './core/ends'
import { ERRORS } from './core/errors'
import { CALL_MEMBERS } from './core/events'
import { FORMS } from './core/forms'
import { DURATIONS, LIFE_CYCLE } from './core/life-cycle'
import { NEW_CALL } from './core/new-call'
import { ONLINE_MEETING } from './core/online-meetings'
import type { Sourced } from './core/provenance'
import { CALL_FAULTS } from './faults/call-faults'
import { TOKEN_FAULTS } from './faults/forged-tokens'
import { NOTIFICATION_FAULTS } from './faults/notification-faults'
import { REQUEST_FAULTS, SERVER_ERRORS } from './faults/request-faults'
import { OBSERVED } from './http/observed'
import { BETA_2023, LATER, NOVEMBER_2019, V1_0 } from './http/revisions'

/** A table of the core with what each of its rows says, in words. */
interface Table {
  readonly table: readonly Sourced[] | Readonly<Record<string, Sourced>>
  readonly rows: readonly (readonly [what: string, row: Sourced])[]
}

function listed<Row extends Sourced>(table: readonly Row[], what: (row: Row) => string): Table {
  return { table, rows: table.map((row) => [what(row), row]) }
}

function named<Row extends Sourced>(table: Readonly<Record<string, Row>>, what: (name: string, row: Row) => string): Table {
  return { table, rows: Object.entries(table).map(([name, row]) => [what(name, row), row]) }
}

const ends = (rows: Readonly<Record<string, ResultInfo & Sourced>>) =>
  named(rows, (name, { code, subcode }) => `end ${name}: ${code}/${subcode}`)

/** Every table whose rows have a basis. */
export const TABLES: readonly Table[] = [
  listed(FORMS, ({ name }) => `form ${name}`),
  named(ERRORS, (name, { status, code }) => `error ${name}: ${status} ${code}`),
  listed(LIFE_CYCLE, ({ from, event, to }) => `${from}, ${event}: ${to}`),
  listed(NEW_CALL, ({ name }) => `member ${name} of a new call`),
  ...[NOVEMBER_2019, LATER, BETA_2023, V1_0].map((rows) => listed(rows, ({ what }) => what)),
  listed(OBSERVED, ({ what }) => `observed profile: ${what}`),
  listed(ONLINE_MEETING, ({ name }) => `member ${name} of an online meeting`),
  listed(CALL_MEMBERS, ({ between, phase }) => `members of a call that is ${phase}, between ${between}`),
  named(CALL_OPERATIONS, (name) => `operation ${name}`),
  named(SHARING_NOTICES, (name) => `a person ${name} sharing content`),
  ends(ENDS),
  ends(SERVICE_ENDS),
  named(DURATIONS, (name, { ms }) => `${name} takes ${ms / 1000} s`),
  ...[REQUEST_FAULTS, CALL_FAULTS, NOTIFICATION_FAULTS, TOKEN_FAULTS].map((rows) => named(rows, (name) => `fault ${name}`)),
  named(SERVER_ERRORS, (status) => `what a server error ${status} says`),
]

/** What is assumed outside of tables, by the file in which a comment says so. */
export const IN_CODE: readonly { readonly file: string; readonly what: string }[] = [
  { file: 'core/content-sharing.ts', what: 'a roster does not show who shares content' },
  { file: 'core/content-sharing.ts', what: 'content sharing sessions can be read without the option of the call' },
  { file: 'core/create.ts', what: 'only the application of the token, or a guest who joins, is the source of a call' },
  {
    file: 'core/create.ts',
    what: 'a join by an unknown meeting id, or with a wrong passcode, ends as that of an unknown meeting',
  },
  { file: 'core/decide.ts', what: 'a meeting of another tenant is as if it did not exist' },
  { file: 'core/forms.ts', what: 'which members of a request decide its form' },
  { file: 'core/forms.ts', what: 'a stronger permission does not cover a weaker one' },
  { file: 'core/forms.ts', what: 'registration is checked before permissions, and both before the content' },
  { file: 'core/online-meetings.ts', what: 'a look-up finds no meeting of another tenant' },
  { file: 'core/request.ts', what: 'an `@odata.type` that names another type is refused' },
  { file: 'core/request.ts', what: 'the number of a telephone is digits, with or without +' },
  { file: 'core/request.ts', what: 'a chat that is sent with a meeting id is refused' },
  { file: 'core/request.ts', what: 'an identity that is called twice in a group is refused, with 400' },
  { file: 'core/request.ts', what: '`callOptions` without an `@odata.type` are taken' },
  { file: 'core/request.ts', what: 'an invalid member without a known report is answered 400' },
  { file: 'core/meetings.ts', what: 'a roster notification has everybody, where later pages print who changed' },
  { file: 'core/meetings.ts', what: 'a participant past the lobby sees everybody but those who are in it' },
  { file: 'people/scripts.ts', what: 'people take two seconds to react' },
  { file: 'runtime/outbox.ts', what: 'a post that was not taken is not repeated' },
  { file: 'runtime/outbox.ts', what: 'a bot has a limited time to answer a post' },
  { file: 'assemble.ts', what: 'that time is ten seconds' },
  { file: 'http/body.ts', what: 'a body has at most 4 MB' },
  { file: 'http/body.ts', what: 'a body is nested at most 100 levels deep' },
  { file: 'http/query-options.ts', what: 'system query options are known without `$` in v1.0 as well' },
  { file: 'http/token-requests.ts', what: 'the order in which the token service checks a request' },
]

export interface Assumption {
  readonly what: string
  /** `documented` or `observed` where only a part of it is assumption, which the source then says. */
  readonly basis: Sourced['basis']
  /** What it rests on, or the file whose code has it. */
  readonly source: string
}

/** Rows of tables that are assumption, as a whole or in a part that their source names, in the order of the tables. */
const ASSUMED_ROWS: readonly Assumption[] = TABLES.flatMap(({ rows }) =>
  rows.flatMap(([what, { basis, source }]) =>
    basis === 'assumption' || source.includes('assumption') ? [{ what, basis, source }] : [],
  ),
)

/** All of them. */
export const ASSUMPTIONS: readonly Assumption[] = [
  ...ASSUMED_ROWS,
  ...IN_CODE.map(({ file, what }) => ({ what, basis: 'assumption' as const, source: `\`support/simulator/${file}\`` })),
]
