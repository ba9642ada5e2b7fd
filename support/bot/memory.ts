// What a bot remembers from one call to the next, as the process of a real bot does: the keys of notification tokens, and its tokens.

interface Kept<Value> {
  readonly value: Promise<Value>
  /** The scenario that fetched it. */
  readonly scenario: string
}

/** Values that were fetched, by what they were fetched for. The scenarios of a run share one, and know where a value comes from. */
export class Memory<Value> {
  readonly #kept = new Map<string, Kept<Value>>()
  #scenario = ''
  readonly #earlier = new Set<string>()

  /** From now on another scenario fetches and uses values. */
  begin(scenario: string): void {
    this.#scenario = scenario
    this.#earlier.clear()
  }

  /** The earlier scenarios that fetched what the current one uses. */
  get earlier(): readonly string[] {
    return [...this.#earlier]
  }

  /**
   * The value under a name; fetched unless a remembered one holds. A failure is not remembered.
   * @param holds whether the value can still be used
   */
  async recall(name: string, fetch: () => Promise<Value>, holds: (value: Value) => boolean = () => true): Promise<Value> {
    const kept = this.#kept.get(name)
    if (kept === undefined) return this.keep(name, fetch())
    const value = await kept.value
    if (holds(value)) {
      if (kept.scenario !== this.#scenario) this.#earlier.add(kept.scenario)
      return value
    }
    // Another request may have replaced it meanwhile.
    return this.#kept.get(name) === kept ? this.keep(name, fetch()) : this.recall(name, fetch, holds)
  }

  /** Keeps a value as fetched by the current scenario. */
  keep(name: string, value: Promise<Value>): Promise<Value> {
    const kept = { value, scenario: this.#scenario }
    this.#kept.set(name, kept)
    value.catch(() => this.#drop(name, kept))
    return value
  }

  /** Forgets the values that a condition picks. One that is still being fetched, and fails, is not remembered anyway. */
  async forget(picks: (value: Value) => boolean): Promise<void> {
    for (const [name, kept] of this.#kept) {
      const picked = await kept.value.then(picks, () => false)
      if (picked) this.#drop(name, kept)
    }
  }

  #drop(name: string, kept: Kept<Value>): void {
    if (this.#kept.get(name) === kept) this.#kept.delete(name)
  }
}
