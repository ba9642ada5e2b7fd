// Makes folders, with their missing parents.
import { mkdirSync, statSync } from 'node:fs'
import path from 'node:path'

/**
 * Makes a folder and its missing parents, from the outermost to the innermost: Node's recursive mkdir never returns below a folder in which
 * nothing can be made, such as /proc.
 * @param mode of the folders that are made
 * @throws Error of Node with a code, such as EACCES
 */
export function makeFolder(folder: string, mode = 0o777): void {
  if (isFolder(folder)) return
  const parent = path.dirname(path.resolve(folder))
  if (!isFolder(parent)) makeFolder(parent, mode)
  try {
    mkdirSync(folder, { mode })
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!isFolder(folder)) throw error
  }
}

const isFolder = (folder: string) => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
