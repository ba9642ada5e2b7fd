// Finds values in files under any encoding: percent and JSON escapes, base64 from any place on, hexadecimal, gzip, zlib, and these in each other.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, inflateSync } from 'node:zlib'

/** How many wrappings are taken off. */
const DEPTH = 3

const BASE64 = /[A-Za-z0-9+/_-]{12,}/g
const HEX = /(?:[0-9a-f]{2}){6,}/gi

/** Names of those values that are found, in any case. */
export function leaksIn(content: Buffer, values: ReadonlyMap<string, string>): readonly string[] {
  const wanted = [...values].map(([value, name]) => [value.toLowerCase(), name] as const)
  const found = new Set<string>()
  const look = (bytes: Buffer, depth: number) => {
    const text = bytes.toString('latin1')
    const plain = text.toLowerCase()
    for (const [value, name] of wanted) if (plain.includes(value)) found.add(name)
    if (depth === DEPTH) return
    for (const inside of unpacked(bytes)) look(inside, depth + 1)
    const unescaped = withoutEscapes(text)
    if (unescaped !== text) look(Buffer.from(unescaped, 'latin1'), depth + 1)
    const wrapped = [...runsOf(text, HEX).map((run) => Buffer.from(run, 'hex')), ...runsOf(text, BASE64).flatMap(fromBase64)]
    for (const inside of wrapped) look(inside, depth + 1)
  }
  look(content, 0)
  return [...found].sort()
}

/** The files below a folder. */
export function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** `file: name` for every value in every file. */
export function leaksInFolder(folder: string, values: ReadonlyMap<string, string>): readonly string[] {
  return filesIn(folder).flatMap((file) =>
    leaksIn(readFileSync(file), values).map((name) => `${file.slice(folder.length + 1)}: ${name}`),
  )
}

function runsOf(text: string, pattern: RegExp): readonly string[] {
  return [...new Set(text.match(pattern) ?? [])]
}

/** What the run may hold: it need not begin where the encoded text does. */
function fromBase64(run: string): readonly Buffer[] {
  return [0, 1, 2, 3].map((at) => Buffer.from(run.slice(at), 'base64'))
}

function withoutEscapes(text: string): string {
  const character = (_: string, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))
  return text
    .replace(/%([0-9a-f]{2})/gi, character)
    .replace(/\\u00([0-9a-f]{2})/gi, character)
    .replace(/\\x([0-9a-f]{2})/gi, character)
    .replace(/\\([^\w])/g, '$1')
}

/** The content of gzip and of zlib, by their first bytes. */
function unpacked(bytes: Buffer): readonly Buffer[] {
  try {
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return [gunzipSync(bytes)]
    return bytes[0] === 0x78 && bytes.readUInt16BE(0) % 31 === 0 ? [inflateSync(bytes)] : []
  } catch {
    return []
  }
}
