// Reads the path of a request to Graph: as the tables write it, and how one is refused that is in none of them.
import { type Refusal, unplayed } from '../core/errors'
import { CALLS_ROOTS, KNOWN_PATHS, ONLINE_MEETINGS, SEGMENTS } from './documented-requests'

const VERSIONS: readonly string[] = ['beta', 'v1.0']

/** Below these only what is listed exists; below every other segment of the table everything may. */
const LISTED: readonly string[] = ['app', 'communications']

const nameOf = (segment = '') => segment.replace(/\(.*\)$/, '').toLowerCase()
const named = (below: string, segment: string | undefined) =>
  SEGMENTS.find((row) => row.below === below && row.names.some((name) => name.toLowerCase() === nameOf(segment)))

/**
 * How a request is refused whose path is in none of the tables: without a version, not played, or unknown to Graph.
 * @param path canonical, as `canonicalPath` writes it
 */
export function refusePath(method: string, path: string): Refusal {
  const [version = '', first, second] = path.split('/').filter(Boolean)
  const places = `calls are created at ${CALLS_ROOTS.join(', ')}, meetings looked up at ${ONLINE_MEETINGS}`
  if (!VERSIONS.includes(version)) {
    const diagnosis = `${path} begins with no version of Graph: write /beta or /v1.0 before it; ${places}`
    return { error: 'invalidVersion', detail: null, diagnosis }
  }
  const row = named(`/${version}`, first)
  const listed = LISTED.includes(nameOf(first)) && second !== undefined && nameOf(second) !== 'calls'
  const inner = listed ? named(`/${version}/${first}`, second) : row
  const strange = strangeSegment(path)
  const isCall = LISTED.includes(nameOf(first)) && nameOf(second) === 'calls'
  if (first === undefined || (row !== undefined && inner !== undefined && !isCall))
    return unplayed(`${method} ${path}`, inner?.instead ?? null)
  return { error: 'noSuchSegment', detail: `'${strange}'.`, diagnosis: `no route ${path}: ${places}` }
}

/** Resource names, which do not depend on letter case; ids do (documented: concept page on calling the API). */
const NAMES = new Map(
  [...KNOWN_PATHS.map(({ path }) => path), ...VERSIONS]
    .flatMap((path) => path.split('/'))
    .filter((segment) => segment !== '' && !segment.startsWith(':'))
    .map((segment) => [segment.toLowerCase(), segment]),
)

/** Names of collections: what follows in a path is a key. */
const COLLECTIONS = new Set(
  KNOWN_PATHS.flatMap(({ path }) => [...path.matchAll(/([^/]+)\/:/g)].map(([, name = '']) => name.toLowerCase())),
)

/**
 * A request's path as the tables write it: resource names in their letters, qualified names included (`microsoft.graph.answer`), keys in
 * parentheses (`calls('{id}')`: OData 4.0, part 2, section 4.3) as segments, one slash where several stand (observed: msteams-docs issue
 * 13004), and none at the end.
 */
export function canonicalPath(path: string): string {
  return path
    .replace(/\/{2,}/g, '/')
    .replace(/(?<=.)\/$/, '')
    .split('/')
    .flatMap(keyApart)
    .map((segment) => NAMES.get(segment.toLowerCase().replace(/^microsoft\.graph\./, '')) ?? segment)
    .join('/')
}

/** A key in parentheses, its quotes doubled within. */
const KEYED = /^(\w+)\((?:'|%27)(.+)(?:'|%27)\)$/i

function keyApart(segment: string): readonly string[] {
  const [, name = '', key = ''] = KEYED.exec(segment) ?? []
  return COLLECTIONS.has(name.toLowerCase()) ? [name, key.replaceAll(/''|%27%27/g, "'")] : [segment]
}

/** The segment that Graph would name as not found: the first that leads away from every known path. */
function strangeSegment(path: string): string {
  const asked = path.split('/').filter(Boolean)
  const deepest = Math.max(1, ...KNOWN_PATHS.map((one) => common(one.path.split('/').filter(Boolean), asked)))
  return asked[deepest] ?? asked.at(-1) ?? ''
}

/** How many segments two paths share from the beginning. */
function common(known: readonly string[], asked: readonly string[]): number {
  const differs = asked.findIndex(
    (segment, at) => known[at] === undefined || !(known[at].startsWith(':') || known[at] === segment),
  )
  return differs === -1 ? asked.length : differs
}
