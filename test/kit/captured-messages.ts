// Publicly captured messages of the real service, read in place: they lie beside the project and are never copied into it.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import { isObject, type Json } from '../../support/contract/json'

export const FOLDER = path.join(PROJECT_ROOT, '../shared/real-traffic')

/** Why no test can read them; false where they are there. */
export const NOT_THERE = existsSync(FOLDER)
  ? false
  : 'the captured traffic is not beside the project (../shared/real-traffic): nothing to read'

export interface Captured {
  readonly file: string
  readonly kind: 'notification' | 'request' | 'response' | 'error'
  readonly shape: string
  readonly level: string
  readonly complete: boolean
  readonly api: string
}

const contentOf = (file: string): Json => JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8'))

/** All files, and those of each recorded call in their order. Empty where the folder is not there. */
export const index = (NOT_THERE ? { files: [], sequences: {} } : contentOf('index.json')) as unknown as {
  readonly files: readonly Captured[]
  readonly sequences: Readonly<Record<string, readonly string[]>>
}

/** The body of a message: the payload itself, or that of a recorded exchange. */
export function bodyOf(file: string): Json {
  const content = contentOf(file)
  return isObject(content) && 'body' in content ? (content.body as Json) : content
}
