// The simulator as a target whose responses or posts are changed on the way to the bot.
import { loadCast } from '../../support/contract/cast'
import type { JsonObject } from '../../support/contract/json'
import { DEFAULT_CALLS_PATH } from '../../support/contract/revisions'
import { libraryOf } from '../../support/suite/library'
import { Session } from '../../support/suite/session'
import { GRAPH, openSimulatorTarget } from '../../support/targets/simulator/target'
import type { Target } from '../../support/targets/target'

export const CAST = loadCast()
const { signal } = new AbortController()

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: JsonObject
}

/** What differs. A post that becomes null is lost. */
export interface Difference {
  readonly answer?: (answer: Answered, method: string) => Answered
  readonly post?: (body: JsonObject) => JsonObject | null
  readonly living?: readonly string[]
}

/** Opens a session with a target that differs in this way. */
export async function sessionWith({ answer, post, living }: Difference): Promise<Session> {
  let looked = 0
  const honest = await openSimulatorTarget({
    casts: [CAST],
    callsPath: DEFAULT_CALLS_PATH,
    mount: 'direct',
    deviation: null,
    signal,
    seed: 'differs',
  })
  const target: Target = {
    ...honest,
    fetch: async (url, init) => {
      const response = await honest.fetch(url, init)
      if (answer === undefined || !url.startsWith(`${GRAPH}/beta/app/`)) return response
      const whole = await response.text()
      const body = (whole === '' ? {} : JSON.parse(whole)) as JsonObject
      const headers = Object.fromEntries(response.headers)
      const differs = answer({ status: response.status, headers, body }, String(init.method))
      const content = Object.keys(differs.body).length === 0 ? null : JSON.stringify(differs.body)
      return new Response(content, { status: differs.status, headers: differs.headers })
    },
    receive: (callbackUri, handle, watch) =>
      honest.receive(
        callbackUri,
        async (request) => {
          if (post === undefined) return handle(request)
          const differs = post((await request.json()) as JsonObject)
          if (differs === null) return new Response(null, { status: 202 })
          const { method, headers } = request
          return handle(new Request(request.url, { method, headers, body: JSON.stringify(differs) }))
        },
        watch,
      ),
    // No call exists before the first request of the bot.
    livingCalls: async () => (living === undefined ? honest.livingCalls() : looked++ === 0 ? [] : living),
  }
  return new Session(target, CAST, libraryOf(), signal)
}
