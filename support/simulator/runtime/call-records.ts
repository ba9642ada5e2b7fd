// What became of the calls of this generation, the ended ones too, and word of every change: so that one can wait for it.
import { isObject, type JsonObject } from '../../contract/json'
import type { Effect } from '../core/commands'
import { CALL_STATE } from '../core/life-cycle'
import type { Call } from '../core/state'
import { Listeners } from './journal'

export interface CallRecord extends Omit<Call, 'resource' | 'sent'> {
  /** Graph's word for where it stands. */
  readonly state: (typeof CALL_STATE)[Call['phase']]
  /** The resultInfo of an ended call: code, subcode and message. */
  readonly end: JsonObject | null
  /** Last entry of the journal when the call was made: what came later has a greater number. */
  readonly madeAfter: number
}

/** What a record is made from when someone asks for it: a load test makes thousands of calls, and asks for none. */
type Noted = Pick<CallRecord, 'end' | 'madeAfter'> & { readonly call: Omit<Call, 'phase'>; readonly phase: CallRecord['phase'] }

function recordOf({ call: { resource: _, sent: __, ...shown }, phase, end, madeAfter }: Noted): CallRecord {
  return { ...shown, phase, state: CALL_STATE[phase], end, madeAfter }
}

export class CallRecords {
  readonly #living = new Map<string, Noted>()
  readonly #ended: Noted[] = []
  readonly #listeners = new Listeners<CallRecord>()

  /** @param limit how many ended calls are remembered */
  constructor(readonly limit = 1_000) {}

  /** A command has led from one call, or none, to another: remembers it and notifies listeners. */
  note(before: Call | undefined, after: Call | undefined, effects: readonly Effect[], journalLast: number): void {
    const call = after ?? before
    if (call === undefined || before === after) return
    const { id } = call
    const madeAfter = this.#living.get(id)?.madeAfter ?? journalLast
    const noted: Noted =
      after === undefined
        ? { call, phase: 'ended', end: endOf(id, effects), madeAfter }
        : { call, phase: after.phase, end: null, madeAfter }
    if (after === undefined) {
      this.#living.delete(id)
      this.#ended.push(noted)
      if (this.#ended.length > this.limit) this.#ended.shift()
    } else this.#living.set(id, noted)
    if (this.#listeners.any) this.#listeners.notify(recordOf(noted))
  }

  /** The calls that live, in the order in which they were made. */
  living(): readonly CallRecord[] {
    return [...this.#living.values()].map(recordOf)
  }

  /** The last that have ended, in the order of their end. */
  ended(): readonly CallRecord[] {
    return this.#ended.map(recordOf)
  }

  forget(): void {
    this.#living.clear()
    this.#ended.length = 0
  }

  subscribe(listener: (record: CallRecord) => void): () => void {
    return this.#listeners.add(listener)
  }
}

/** From the last message of the call, which says how it ended. */
function endOf(callId: string, effects: readonly Effect[]): JsonObject | null {
  for (const effect of effects) {
    if (effect.kind !== 'notify' || effect.callId !== callId || !Array.isArray(effect.body.value)) continue
    const [change] = effect.body.value
    if (isObject(change) && isObject(change.resourceData) && isObject(change.resourceData.resultInfo))
      return change.resourceData.resultInfo
  }
  return null
}
