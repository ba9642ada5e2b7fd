// Makes paths of this machine relative to the project or leaves them out: what is shared says nothing about a disk.
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, sep } from 'node:path'
import { PROJECT_ROOT, withSlashes } from '../../contract/fixture'

/** Replaces folders outside of the project. */
const ELSEWHERE = '‹…›'

/** What may stand before an absolute path in prose; after anything else a slash belongs to an address or a word. */
const STARTS = '(?<![\\w:/.~%?=&@#›-])(?:file://)?'

/** A pattern that matches a text as it is. */
export const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** An absolute path of at least two names. */
const PATH = new RegExp(`${STARTS}(/(?:[\\w.@+~%-]+/)+[\\w.@+~%-]*)`, 'g')

/**
 * A text with paths into the project made relative to it, packages from `node_modules` on, the home of the user as a tilde, and other
 * files of this machine by their names alone. A path that is no file here stays: a project in /app must not shorten the
 * resource /app/calls.
 * @param root the project
 */
export function withoutMachinePaths(text: string, root = PROJECT_ROOT): string {
  if (sep === '\\') return withoutWindowsPaths(text, root, homedir())
  const inProject = text.includes(root) ? text.replace(intoProject(root), '') : text
  return inProject.replace(PATH, (whole, path: string) => shortened(path, root) ?? whole)
}

/** What ends a path in prose; a blank may stand in a path between two names only. */
const WINDOWS_PATH = /(?:file:\/\/\/)?\b[A-Za-z]:([\\/])(?:[^\s\\/:*?"'<>|()]+(?: [^\s\\/:*?"'<>|()]+)*\1)*[^\s\\/:*?"'<>|(),;]*/g

/** The same on Windows, with forward slashes. A path with a drive is never a resource, so that all others lose their folders. */
export function withoutWindowsPaths(text: string, root: string, home: string): string {
  const plain = (path: string) => withSlashes(path.replace(/^file:\/\/\//, ''), '\\').replace(/\/$/, '')
  const below = (path: string, folder: string) => {
    const start = `${plain(folder)}/`.toLowerCase()
    return path.toLowerCase().startsWith(start) ? path.slice(start.length) : undefined
  }
  return text.replace(WINDOWS_PATH, (found) => {
    const path = plain(found)
    const packages = path.lastIndexOf('/node_modules/')
    if (packages !== -1) return path.slice(packages + 1)
    if (path.toLowerCase() === plain(root).toLowerCase()) return '.'
    const atHome = below(path, home)
    return below(path, root) ?? (atHome === undefined ? `${ELSEWHERE}/${basename(path)}` : `~/${atHome}`)
  })
}

function intoProject(root: string): RegExp {
  return new RegExp(`${STARTS}${literally(root)}${literally(sep)}(?=(?:${readdirSync(root).map(literally).join('|')})\\b)`, 'g')
}

/** A path as it may be shown; undefined where it is no path of this machine. */
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
