// The documented messages that the load is made of: a call to a person, as the page prints it first.
import { loadDocumented } from '../../support/contract/documented'
import type { JsonObject } from '../../support/contract/json'

/** The request, the response, and the notification that the call is being established. */
export function peerToPeer(): { readonly request: JsonObject; readonly created: JsonObject; readonly establishing: JsonObject } {
  const example = loadDocumented().examples.get(1)
  const { establishing } = example?.notifications ?? {}
  if (example?.response == null || establishing === undefined) throw new Error('the first example has lost a message')
  return { request: example.request, created: example.response.body, establishing }
}

/** The body of a create that is notified at an address. */
export const createBody = (callbackUri: string): string => JSON.stringify({ ...peerToPeer().request, callbackUri })
