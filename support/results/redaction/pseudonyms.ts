// Replaces ids by pseudonyms: an id has the same one throughout a run and another in the next run, and none leads back to the id.
import { createHmac, randomBytes } from 'node:crypto'
import { literally } from './machine-paths'

const GUID = /(?<![0-9a-f-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])/gi

/** Before a GUID: it names a request and no person, and Microsoft's support asks for it. */
const REQUEST_ID = /request-?id"?\s*[:=]\s*"?$/i

/** A number in international form (E.164), which a participant may have as an id. */
const PHONE = /(?<![\w+])\+\d{8,15}(?!\d)/g

/** A name in a message as the evidence prints it. */
const DISPLAY_NAME = /("displayName": ?)"((?:[^"\\]|\\.)*)"/g

export interface Pseudonyms {
  /** Keeps an id: it identifies no person. */
  spare(id: string): void
  /** Gives an id a pseudonym that is not a GUID. */
  learn(id: string): void
  /** Replaces a name by another, or keeps it where both are equal. */
  rename(name: string, otherwise: string): void
  /** A text with pseudonyms: of every GUID but request ids and those that were spared, of telephone numbers, and of what was learned. */
  replace(text: string): string
}

/** @param salt makes the pseudonyms of this run; with it they can be traced back, so it is not kept */
export function createPseudonyms(salt: Buffer = randomBytes(32)): Pseudonyms {
  const spared = new Set<string>()
  const learned = new Map<string, string>()
  const names = new Map<string, string>()
  const digest = (id: string) => createHmac('sha256', salt).update(id.toLowerCase()).digest()
  const short = (id: string) => digest(id).toString('hex').slice(0, 8)
  const guid = (id: string) => asGuid(digest(id).toString('hex'))
  const nameFor = (name: string) => names.get(name) ?? `Person ${short(name)}`
  return {
    spare: (id) => void spared.add(id.toLowerCase()),
    learn: (id) => {
      if (id !== '' && id.replace(GUID, '') === id) learned.set(id, `id-${short(id)}`)
      // Some services write a GUID without its dashes.
      const bare = id.replaceAll('-', '')
      if (/^[0-9a-f]{32}$/i.test(bare)) learned.set(bare, guid(id).replaceAll('-', ''))
    },
    rename: (name, otherwise) => void names.set(name, otherwise),
    replace: (text) =>
      withWords(
        text.replace(DISPLAY_NAME, (_, member: string, name: string) => `${member}"${nameFor(name)}"`),
        names,
      )
        .replace(GUID, (id, at: number, whole: string) =>
          spared.has(id.toLowerCase()) || REQUEST_ID.test(whole.slice(Math.max(0, at - 30), at)) ? id : guid(id),
        )
        .replace(PHONE, (number) => `+999${Number.parseInt(short(number), 16)}`)
        .replace(/[\s\S]+/, (rest) => withWords(rest, learned)),
  }
}

/** Replaces whole words, the longest first. */
function withWords(text: string, words: ReadonlyMap<string, string>): string {
  const there = [...words].filter(([word, other]) => word !== other && text.includes(word))
  return there
    .sort(([left], [right]) => right.length - left.length)
    .reduce((rest, [word, other]) => {
      return rest.replace(new RegExp(`(?<![\\p{L}\\p{N}])${literally(word)}(?![\\p{L}\\p{N}])`, 'gu'), () => other)
    }, text)
}

/** Hexadecimal digits in the form of a GUID of version 8, which says that it is made of something else (RFC 9562, section 5.8). */
function asGuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-b${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
