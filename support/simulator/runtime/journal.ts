// What happened in the simulator, for people: requests with the reason of a refusal, deliveries with their cause, commands.

export interface JournalEntry {
  /** On the simulator's clock, milliseconds since the epoch. */
  readonly at: number
  readonly kind: 'request' | 'delivery' | 'people' | 'discarded'
  readonly callId: string | null
  /** One sentence; never a token, a secret or a body. */
  readonly text: string
}

/** The last entries, oldest first; older ones are dropped and counted. */
export class Journal {
  readonly #entries: JournalEntry[] = []
  #dropped = 0

  constructor(readonly limit = 5_000) {}

  write(entry: JournalEntry): void {
    this.#entries.push(entry)
    if (this.#entries.length > this.limit) {
      this.#entries.shift()
      this.#dropped++
    }
  }

  entries(): readonly JournalEntry[] {
    return [...this.#entries]
  }

  get dropped(): number {
    return this.#dropped
  }
}
