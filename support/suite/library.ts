// What a run is held to: the documented messages of its revision, the cast whose values they hold, and the requirements.
import type { Cast } from '../contract/cast'
import { type Documented, loadDocumented, printedContext } from '../contract/documented'
import { isIn, loadRequirements, notIn, type Requirement } from '../contract/requirements'
import { DEFAULT_CALLS_PATH, type Revision, revisionOf, revisions } from '../contract/revisions'
import { castOf } from './open-target'

export interface Library {
  readonly documented: Documented
  /** The `@odata.context` of a call that Graph gives. */
  readonly contextOfGet: string
  /** Whether the features are written for these pages: others differ where `inRevision` says. */
  readonly asInFeatures: boolean
  /** The cast whose values the documented messages hold. */
  readonly documentedCast: Cast
  readonly requirements: readonly Requirement[]
}

/** By the path of calls. Read once per process; fixtures do not change during a run. */
const libraries = new Map<string, Library>()

/** The path of calls whose pages have a scenario with these tags: the preferred one, where it is one of them. */
export function pathThatHas(tags: readonly string[], preferred: string): string {
  const own = libraryOf(preferred).requirements.filter(({ id }) => tags.includes(`@${id}`))
  const has = ({ id }: Revision) => !tags.includes(notIn(id)) && own.every((one) => isIn(one, id))
  return has(revisionOf(preferred)) ? preferred : (revisions().find(has)?.callsPath ?? preferred)
}

/** @param callsPath under which the bot creates its calls */
export function libraryOf(callsPath: string = DEFAULT_CALLS_PATH): Library {
  const revision = revisionOf(callsPath)
  const library = libraries.get(callsPath) ?? {
    documented: loadDocumented('create-call', revision),
    contextOfGet: printedContext(revision),
    asInFeatures: callsPath === DEFAULT_CALLS_PATH,
    documentedCast: castOf('fixtures/world.yaml'),
    requirements: loadRequirements(),
  }
  libraries.set(callsPath, library)
  return library
}
