// A cache with a limited number of entries.

/** A map that drops its oldest entry when it has too many. */
export class BoundedCache<Key, Value> {
  readonly #limit: number
  readonly #entries = new Map<Key, Value>()

  /** @param limit the number of entries to keep */
  constructor(limit: number) {
    this.#limit = limit
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)
  }

  set(key: Key, value: Value): void {
    this.#entries.set(key, value)
    if (this.#entries.size <= this.#limit) return
    const [oldest] = this.#entries.keys()
    this.#entries.delete(oldest as Key)
  }

  delete(key: Key): void {
    this.#entries.delete(key)
  }
}
