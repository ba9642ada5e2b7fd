// Paths of the machine that a run was made on, told from the project or left out: what is shared says nothing about a disk.
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, sep } from 'node:path'
import { PROJECT_ROOT } from '../contract/fixture'

/** Stands where folders stood that are nobody's concern. */
const ELSEWHERE = '‹…›'

/** What may stand before an absolute path in prose; after anything else a slash belongs to an address or a word. */
const STARTS = '(?<![\\w:/.~%?=&@#›-])(?:file://)?'

const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** An absolute path of at least two names. */
const PATH = new RegExp(`${STARTS}(/(?:[\\w.@+~%-]+/)+[\\w.@+~%-]*)`, 'g')

/**
 * A text with paths into the project made relative to it, packages from `node_modules` on, the home of whoever ran it a tilde, and other
 * files that are on this machine by their names alone. What is no file here stays: a project in /app must not shorten the
 * resource /app/calls.
 * @param root the project
 */
export function withoutMachinePaths(text: string, root = PROJECT_ROOT): string {
  const inProject = text.includes(root) ? text.replace(intoProject(root), '') : text
  return inProject.replace(PATH, (whole, path: string) => shortened(path, root) ?? whole)
}

function intoProject(root: string): RegExp {
  return new RegExp(`${STARTS}${literally(root)}${literally(sep)}(?=(?:${readdirSync(root).map(literally).join('|')})\\b)`, 'g')
}

/** A path as it may be told; undefined where it is none of this machine. */
function shortened(path: string, root: string): string | undefined {
  const packages = path.lastIndexOf('/node_modules/')
  if (packages !== -1) return path.slice(packages + 1)
  if (path === root || path === `${root}/`) return '.'
  const home = homedir()
  if (home.length > 1 && path.startsWith(`${home}/`)) return `~${path.slice(home.length)}`
  return isHere(path) ? `${ELSEWHERE}/${basename(path)}` : undefined
}

/** A file that is here, or one that could not be opened in a folder that is; a folder right below the root alone says nothing. */
function isHere(path: string): boolean {
  const folder = dirname(path)
  return existsSync(path) || (dirname(folder) !== '/' && folder !== '/' && existsSync(folder))
}
