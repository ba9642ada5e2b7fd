// How people are made to act where they are real, or where a simulator in another process plays them.
import { z } from 'zod'
import type { Fetch } from '../bot/wire'
import { CouldNotRun, HarnessError } from '../contract/faults'
import type { TargetPeople } from './target'

/**
 * Somebody sits at the terminal: one line says what to do and until when, and the run goes on the moment a notification shows it.
 * @param tell prints a line for the operator
 */
export function attended(tell: (line: string) => void, withinSeconds: number): TargetPeople {
  const within = `within ${withinSeconds} s`
  return {
    answersWhenCalled: async ({ displayName }) => tell(`Answer the call on ${displayName}'s client ${within}.`),
    joins: async (meeting, { displayName }) => tell(`Join ${nameOf(meeting)} as ${displayName} ${within}.`),
    admitsGuests: async (meeting, { displayName }) =>
      tell(`As ${displayName}, admit the guest from the lobby of ${nameOf(meeting)} ${within}.`),
  }
}

function nameOf({ coordinates }: { readonly coordinates: { readonly threadId: string } }): string {
  return `the meeting with thread ${coordinates.threadId}`
}

/** Nobody acts. Who is in a meeting by declaration is there; nobody picks up and nobody admits. */
export const UNATTENDED: TargetPeople = {
  answersWhenCalled: async ({ displayName }) => {
    throw new CouldNotRun(
      `nobody is there to answer as ${displayName}: set GRAPH_PEOPLE to attended, or to the control URL of a simulator`,
    )
  },
  joins: async () => {},
  admitsGuests: async (_, { displayName }) => {
    throw new CouldNotRun(
      `nobody is there to admit guests as ${displayName}: set GRAPH_PEOPLE to attended, or to the control URL of a simulator`,
    )
  },
}

const fault = z.looseObject({ error: z.looseObject({ message: z.string() }) })

export interface ControlledPeople extends TargetPeople {
  /** Resolves once the simulator has delivered everything. */
  idle(): Promise<void>
}

/** A simulator's control API plays them: the same verbs, over HTTP. */
export function controlled(fetch: Fetch, url: string, token: string): ControlledPeople {
  const perform = async (operation: string, params: object, unless: readonly number[] = []) => {
    let response: Response
    try {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      response = await fetch(`${url}/${operation}`, { method: 'POST', headers, body: JSON.stringify(params) })
    } catch (error) {
      const { message, cause } = error as Error & { cause?: Error }
      throw new CouldNotRun(`the control API at ${new URL(url).host} did not answer: ${cause?.message ?? message}`)
    }
    const { data } = fault.safeParse(await response.json().catch(() => null))
    if (response.ok || unless.includes(response.status)) return
    throw new HarnessError(
      `the control API refused "${operation}" with ${response.status}: ${data?.error.message ?? 'no reason given'}`,
    )
  }
  return {
    answersWhenCalled: ({ id }) => perform('when-called', { person: id, does: 'answers' }),
    // Somebody who is in the meeting already stays there.
    joins: ({ coordinates: { threadId, messageId } }, { id }) => perform('join', { threadId, messageId, person: id }, [409]),
    admitsGuests: ({ coordinates: { threadId, messageId } }) =>
      perform('when-a-guest-waits', { threadId, messageId, does: 'admits' }),
    idle: () => perform('wait-for-idle', {}),
  }
}
