// A map of limited size: one entry more than fit drops the oldest.

export class Recent<Key, Value> {
  readonly #most: number
  readonly #entries = new Map<Key, Value>()

  /** @param most entries that are kept */
  constructor(most: number) {
    this.#most = most
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)
  }

  set(key: Key, value: Value): void {
    this.#entries.set(key, value)
    if (this.#entries.size <= this.#most) return
    const [oldest] = this.#entries.keys()
    this.#entries.delete(oldest as Key)
  }

  delete(key: Key): void {
    this.#entries.delete(key)
  }
}
