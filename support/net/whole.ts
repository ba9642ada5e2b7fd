// Requests and responses whose body is known: they answer what they know themselves, and become whole for the rest.

/** A Fetch object that can become what it stands for. */
interface Known<Whole> {
  /** What it stands for, made when it is first asked for. */
  readonly whole: Whole
}

/**
 * Makes a class stand for a Fetch class: instances of the one are instances of the other, and take these members from what they stand for.
 * @param members its properties that the class does not have itself
 * @param methods its methods that the class does not have itself
 */
export function standsFor<Whole extends object>(
  own: { readonly prototype: Known<Whole> },
  fetch: { readonly prototype: Whole },
  members: readonly (keyof Whole)[],
  methods: readonly (keyof Whole)[],
): void {
  for (const name of members)
    Object.defineProperty(own.prototype, name, {
      get(this: Known<Whole>) {
        return this.whole[name]
      },
    })
  for (const name of methods)
    Object.defineProperty(own.prototype, name, {
      value(this: Known<Whole>) {
        return (this.whole[name] as () => unknown)()
      },
    })
  Object.setPrototypeOf(own.prototype, fetch.prototype)
}

/** The error of reading a body twice, in the words of undici. */
export const bodyWasRead = () => new TypeError('Body is unusable: Body has already been read')
