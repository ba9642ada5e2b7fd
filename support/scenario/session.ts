// One bot in a scenario: what it sent, what came back, and whether that is what the page documents.
import { Bot } from '../bot/bot'
import { jsonOrNull, type Reply } from '../bot/wire'
import type { Cast, Meeting, Person } from '../contract/cast'
import type { Documented, ExampleNumber, NotificationKind } from '../contract/documented'
import { HarnessError, NonConformance } from '../contract/faults'
import type { Json } from '../contract/json'
import { errorBody } from '../contract/messages'
import { type Change, readChange, told } from '../judge/changes'
import { CALL_ID, type ExpectedExample, expectedExample } from '../judge/expected'
import { type Bindings, differences, type Pattern } from '../judge/pattern'
import { asked, complete, type Match, matchRows, type Row } from '../judge/sequence'
import { documentedCast, type Setting } from '../judge/setting'
import { differencesTold, sequenceTold } from '../judge/told'
import type { Target } from '../targets/target'

/** What is read from fixtures once for a whole run. */
export interface Library {
  readonly documented: Documented
  /** The cast whose values the documented messages hold. */
  readonly documentedCast: Cast
}

export class Session {
  readonly bot: Bot
  readonly setting: Setting
  /** Errata that this session's comparisons relied on. */
  readonly errata = new Set<string>()
  readonly #target: Target
  readonly #library: Library
  readonly #bindings: Bindings = new Map()
  #expected: ExpectedExample | null = null
  #reply: Reply | null = null
  #failure: unknown = null
  #rows: readonly Row[] | null = null

  constructor(target: Target, cast: Cast, library: Library, signal: AbortSignal) {
    const { clientId, tenantId, callbackUri, audiences, tokens } = target.bot(cast)
    const { graph, openIdUrl, fetch, calls, wait } = target
    this.#target = target
    this.#library = library
    this.setting = { cast, clientId, tenantId, callbackUri }
    this.bot = new Bot({ graph, openIdUrl, fetch, audiences, tokens, calls, wait, signal })
    const { callback } = this.bot
    target.receive(callbackUri, (request) => callback.handle(request), {
      onRefused: (status, reason) => void callback.refused.push({ status, reason }),
      onFailure: (error) => {
        this.#failure ??= error
      },
    })
  }

  /** Somebody of the cast, by key. */
  person(key: string): Person {
    const person = this.setting.cast.people[key]
    if (person === undefined) throw new HarnessError(`the cast has nobody called ${key}`)
    return person
  }

  /** A meeting of the cast, by key. */
  meeting(key: string): Meeting {
    const meeting = this.setting.cast.meetings[key]
    if (meeting === undefined) throw new HarnessError(`the cast has no ${key} meeting`)
    return meeting
  }

  /** Sends the documented request of an example, told with this session's cast; with the bot's own token, another, or none (null). */
  async send(example: ExampleNumber, token?: string | null): Promise<void> {
    this.#expected = expectedExample(
      this.#library.documented,
      documentedCast(this.#library.documentedCast),
      example,
      this.setting,
    )
    this.#reply = await this.bot.create(this.#expected.request, token)
  }

  /** The answer to the documented request is the documented one. Errata are those that the scenario says it relies on. */
  assertAnswer(example: ExampleNumber, printed: boolean, errata: readonly string[]): void {
    const expected = this.#sent(example)
    const reply = this.#reply as Reply
    if (expected.printed !== printed)
      throw new HarnessError(
        `the page ${expected.printed ? 'prints' : 'does not print'} a response for example ${example}: the sentence says otherwise`,
      )
    this.#cite(expected.responseErrata, errata)
    const subject = `the answer to example ${example}`
    if (reply.status !== 201)
      throw new NonConformance(`${subject} has status ${reply.status}; documented: 201 Created (CC-02)${why(reply)}`)
    this.#compare(subject, expected.response, reply.json())
    this.#assertContentType(subject, reply)
    this.#assertLocation(subject, reply)
  }

  /** The request is refused with the status and the code that belong to the reason; nothing but an error comes back. */
  assertRefused({ status, code }: { readonly status: number; readonly code: string }): void {
    const reply = this.#reply
    if (reply === null) throw new HarnessError('nothing was sent in this scenario')
    if (reply.status !== status)
      throw new NonConformance(`Graph answered ${reply.status}${why(reply)}; expected: ${status} ${code}`)
    const { data } = errorBody.safeParse(reply.json())
    if (data?.error.code !== code)
      throw new NonConformance(`Graph refused with ${data?.error.code ?? 'a body that is no error'}; expected: ${code}`)
  }

  /** No post came, and in the quiet period none comes. */
  async assertNothingNotified(): Promise<void> {
    await this.#target.quiet()
    this.#refusedPosts()
    const changes = this.#changes()
    if (changes.length > 0)
      throw new NonConformance(
        `nothing should be notified; received: ${changes.map((change) => told(change, change.callId)).join('; ')}`,
      )
  }

  /** The first of what the bot is notified of; what follows is not looked at. */
  async assertFirstNotified(example: ExampleNumber, rows: readonly Row[], errata: readonly string[]): Promise<void> {
    const expected = this.#sent(example)
    this.#cite(expected.notificationErrata, errata)
    const withinMs = this.#withinMs()
    await this.#target.until(() => complete(this.#match(rows)), withinMs)
    this.#refusedPosts()
    const match = this.#match(rows)
    if (!complete(match)) throw new NonConformance(this.#told(rows, { ...match, extra: [] }, `within ${withinMs / 1000} s`))
    this.#compareChanges(rows, match, expected)
  }

  /** The bot is notified as documented: every row of the table, each as its message is printed. */
  async assertNotified(example: ExampleNumber, rows: readonly Row[], errata: readonly string[]): Promise<void> {
    const expected = this.#sent(example)
    this.#cite(expected.notificationErrata, errata)
    const withinMs = this.#withinMs()
    await this.#target.until(() => complete(this.#match(rows)), withinMs)
    this.#refusedPosts()
    this.#rows = rows
    const match = this.#match(rows)
    if (!complete(match) || match.extra.length > 0)
      throw new NonConformance(this.#told(rows, match, `within ${withinMs / 1000} s`))
    this.#compareChanges(rows, match, expected)
  }

  /** Nothing but what the table says has come, and in the quiet period nothing more comes. */
  async assertNothingElse(): Promise<void> {
    const rows = this.#rows
    const expected = this.#expected
    if (rows === null || expected === null) throw new HarnessError('"nothing else" needs a table of notifications before it')
    await this.#target.quiet()
    this.#refusedPosts()
    const match = this.#match(rows)
    if (match.extra.length > 0) throw new NonConformance(this.#told(rows, match, 'in the quiet period'))
    // What came meanwhile may only repeat what came before, and must still be as documented.
    this.#compareChanges(rows, match, expected)
  }

  #withinMs(): number {
    return this.setting.cast.limits.answerWithinSeconds * 1000
  }

  #sent(example: ExampleNumber): ExpectedExample {
    if (this.#expected?.number !== example || this.#reply === null)
      throw new HarnessError(`example ${example} was not sent in this scenario`)
    return this.#expected
  }

  /** The errata that a sentence names must be those that its comparison relies on, neither more nor fewer. */
  #cite(relied: readonly string[], cited: readonly string[]): void {
    if (relied.join() !== [...cited].sort().join()) {
      throw new HarnessError(
        `the sentence cites ${cited.join(', ') || 'no erratum'}, the comparison relies on ${relied.join(', ') || 'none'}`,
      )
    }
    for (const erratum of relied) this.errata.add(erratum)
  }

  #compare(subject: string, pattern: Pattern, actual: Json): void {
    const found = differences(pattern, actual, this.#bindings)
    if (found.length > 0) throw new NonConformance(differencesTold(subject, found))
  }

  #assertContentType(subject: string, { headers }: Reply): void {
    const type = headers.get('content-type') ?? 'none'
    if (!/^application\/json\s*(;|$)/i.test(type))
      throw new NonConformance(`${subject} has content type ${type}; documented: application/json (CC-04)`)
  }

  #assertLocation(subject: string, { headers }: Reply): void {
    const { baseUrl, callsPath } = this.#target.graph
    const documented = `${baseUrl}${callsPath}/${this.#bindings.get(CALL_ID.name)}`
    const location = headers.get('location')
    if (location !== documented)
      throw new NonConformance(
        `${subject} has ${location === null ? 'no Location' : `Location ${location}`}; documented: ${documented} (CC-03)`,
      )
  }

  /** The id that the answer gave; before it is known, the one that the first notification names. */
  #callId(changes: readonly Change[]): string | null {
    return this.#bindings.get(CALL_ID.name) ?? changes[0]?.callId ?? null
  }

  #match(rows: readonly Row[]): Match {
    const changes = this.#changes()
    return matchRows(rows, changes, this.#callId(changes), this.#target.ordered)
  }

  #changes(): readonly Change[] {
    return this.bot.callback.received.map((raw) => readChange(raw, this.setting))
  }

  #compareChanges(rows: readonly Row[], match: Match, expected: ExpectedExample): void {
    for (const [at, changes] of match.rows.entries())
      for (const change of changes) this.#compareChange(rows[at] as Row, change, expected)
  }

  #compareChange(row: Row, change: Change, expected: ExpectedExample): void {
    const kind: NotificationKind = row.of === 'roster' ? 'roster' : row.state === 'established' ? 'established' : 'establishing'
    this.#compare(`the notification "${asked(row)}"`, expected.change(kind), change.raw as unknown as Json)
    for (const { name, inLobby, raw } of change.seen)
      this.#compare(`${name} on the roster`, expected.participant(name, inLobby), raw)
  }

  #told(rows: readonly Row[], match: Match, when: string): string {
    const changes = this.#changes()
    return sequenceTold(rows, match, changes, this.#callId(changes), when)
  }

  /** A post that was refused fails the scenario; one that could not be checked leaves it unjudged, or is a fault of ours. */
  #refusedPosts(): void {
    if (this.#failure !== null) throw this.#failure
    const [first] = this.bot.callback.refused
    if (first !== undefined) throw new NonConformance(`the bot refused a post with ${first.status}: ${first.reason}`)
  }
}

/** Code and words of an error of Graph; nothing else of an answer belongs in a message. */
function why(reply: Reply): string {
  const { data } = errorBody.safeParse(jsonOrNull(reply.text))
  return data === undefined ? '' : `: ${data.error.code}, ${data.error.message}`
}
