// GUIDs from a seed: the same run makes the same ids, two seeds never the same ones.
import { createHash } from 'node:crypto'

/** A source of version 4 GUIDs in lower case, as Graph writes them. */
export function seededIds(seed: string): () => string {
  let count = 0
  return () => {
    const bytes = createHash('sha256').update(`${seed} ${count++}`).digest()
    bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
    bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
    const hex = bytes.toString('hex')
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
  }
}
