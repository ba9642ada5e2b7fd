// Posts that were refused or could not be checked, and what they mean for a scenario that waits for one.
import { NonConformance } from '../contract/faults'
import type { Session } from './session'

/** A limit in words, for the end of a sentence. */
export function within(ms: number): string {
  return `within ${ms / 1000} s`
}

/** Whether waiting has lost its sense: a post was refused or could not be checked. */
export function troubled({ failure, bot }: Session): boolean {
  return failure !== null || bot.callback.refused.length > 0
}

/** A post that was refused fails the scenario; one that could not be checked leaves it unjudged, or is a fault of ours. */
export function refusedPosts({ failure, bot }: Session): void {
  if (failure !== null) throw failure
  const [first] = bot.callback.refused
  if (first !== undefined) throw new NonConformance(`the bot refused a post with ${first.status}: ${first.reason}`)
}
