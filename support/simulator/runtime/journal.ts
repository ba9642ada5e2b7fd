// Records what happened in the simulator: requests with the reason of a refusal, deliveries with their cause, people, faults. Notifies listeners.
import type { JsonObject } from '../../contract/json'
import { harmlessJson } from './redact'

export class Listeners<Event> {
  readonly #all = new Set<(event: Event) => void>()

  /** Adds a listener. Returns what removes it. */
  add(listener: (event: Event) => void): () => void {
    // A function of its own each time: the same listener may be added twice and removed once.
    const own = (event: Event) => listener(event)
    this.#all.add(own)
    return () => void this.#all.delete(own)
  }

  /** Whether anybody listens. */
  get any(): boolean {
    return this.#all.size > 0
  }

  /** Notifies the present listeners; one that is added or removed meanwhile does not affect the others. */
  notify(event: Event): void {
    for (const listener of [...this.#all]) listener(event)
  }
}

/** A request of a bot or its libraries, and the answer that it received, after everything that changed it. */
export interface RequestFacts {
  readonly service: 'graph' | 'login' | 'keys'
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** As the bot received it; null where it received no answer. */
  readonly status: number | null
  /** Code of the error that was answered; null when none was. */
  readonly error: string | null
  /** The app that the token or the request names; null when neither does, or the app is unknown. */
  readonly appId: string | null
  /** Why it was refused and what to do, in plain words. */
  readonly diagnosis: string | null
}

/** One post of a notification, and what became of it. */
export interface DeliveryFacts {
  /** `refused`: the bot answered other than 2xx. `failed`: it did not answer. */
  readonly outcome: 'delivered' | 'refused' | 'failed'
  readonly status: number | null
  /** Where to, as host and port. */
  readonly host: string
  readonly of: 'call' | 'roster' | 'content-sharing' | null
  readonly changeType: string | null
  readonly state: string | null
  /** In words: "call updated, established". */
  readonly shows: string | null
  /** What was posted, after everything that changed it, its credentials hidden; text where that is no JSON object. */
  readonly body: JsonObject | string
  /** How long the bot took, in milliseconds of real time. */
  readonly durationMs: number
}

export interface PeopleFacts {
  readonly verb: string
  /** Why it did not fit; null when it was done. */
  readonly reason: string | null
  readonly meeting: string | null
  readonly personId: string | null
}

/** What was given up when a generation ended. */
interface DiscardedFacts {
  readonly generation: number
  readonly deliveries: number
}

/** Of an entry that is about a fault itself. */
export type FaultDid = 'armed' | 'disarmed' | 'spent' | 'touched'

interface Common {
  /** On the simulator's clock, milliseconds since the epoch. */
  readonly at: number
  readonly callId: string | null
  /** One sentence; never a token, a secret or a body of a request. */
  readonly text: string
  /** The armed fault that is its cause; absent where none is. */
  readonly fault?: string
}

type OfKind =
  | { readonly kind: 'request'; readonly request?: RequestFacts }
  | { readonly kind: 'delivery'; readonly delivery?: DeliveryFacts }
  | { readonly kind: 'people'; readonly people?: PeopleFacts }
  | { readonly kind: 'service' }
  | { readonly kind: 'discarded'; readonly discarded?: DiscardedFacts }
  | { readonly kind: 'fault'; readonly did?: FaultDid }

export const ENTRY_KINDS = [
  'request',
  'delivery',
  'people',
  'service',
  'discarded',
  'fault',
] as const satisfies readonly OfKind['kind'][]

export type JournalDraft = Common & OfKind
/** `sequence` counts every entry from 1, and goes on through generations. */
export type JournalEntry = JournalDraft & { readonly sequence: number }

interface JournalLimits {
  readonly entries: number
  /** Of all entries together, as JSON: a roster of hundreds in every delivery would else fill the memory. */
  readonly characters: number
}

/** An entry as harmless JSON, which is read when someone asks for it: nearly all are dropped before. */
interface Kept {
  readonly text: string
  entry: JournalEntry | null
}

function entryOf(kept: Kept): JournalEntry {
  kept.entry ??= JSON.parse(kept.text) as JournalEntry
  return kept.entry
}

/** The last entries, oldest first; older ones are dropped and counted. Every text in them is made harmless on the way in. */
export class Journal {
  readonly #limits: JournalLimits
  readonly #kept: Kept[] = []
  readonly #listeners = new Listeners<JournalEntry>()
  #characters = 0
  #dropped = 0
  #last = 0

  constructor(entries = 5_000, characters = 16_000_000) {
    this.#limits = { entries, characters }
  }

  write(draft: JournalDraft): void {
    const kept: Kept = { text: harmlessJson({ sequence: ++this.#last, ...draft }), entry: null }
    this.#kept.push(kept)
    this.#characters += kept.text.length
    while (this.#kept.length > this.#limits.entries || (this.#characters > this.#limits.characters && this.#kept.length > 1)) {
      this.#characters -= this.#kept.shift()?.text.length ?? 0
      this.#dropped++
    }
    if (this.#listeners.any) this.#listeners.notify(entryOf(kept))
  }

  entries(): readonly JournalEntry[] {
    return this.#kept.map(entryOf)
  }

  /** How many entries were dropped for want of room. */
  get dropped(): number {
    return this.#dropped
  }

  /** Sequence number of the last entry; 0 before the first. */
  get last(): number {
    return this.#last
  }

  /** Adds a listener for every further entry, in order. Returns what removes it. */
  subscribe(listener: (entry: JournalEntry) => void): () => void {
    return this.#listeners.add(listener)
  }
}
