// Those who want to be told at once when something happens, so that nobody has to look again and again.

export class Listeners<Event> {
  readonly #all = new Set<(event: Event) => void>()

  /** Is told of everything from now on. Returns what ends that. */
  add(listener: (event: Event) => void): () => void {
    // A function of its own each time: the same listener may be added twice and removed once.
    const own = (event: Event) => listener(event)
    this.#all.add(own)
    return () => void this.#all.delete(own)
  }

  /** Tells those who listen now; one that is added or removed meanwhile changes nothing for the others. */
  tell(event: Event): void {
    for (const listener of [...this.#all]) listener(event)
  }
}
