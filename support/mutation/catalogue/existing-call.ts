// Deviations in what becomes of a call when it is asked for or deleted.
import type { JsonObject } from '../../contract/json'
import type { Deviation } from '../../simulator/wrapping'
import { answeringWith, breaks, NOBODY, otherwise, without } from '../wrap/breaks'
import { deciding } from '../wrap/deciding'

const getting = (rewrite: (call: JsonObject) => JsonObject) =>
  answeringWith(200, async (response, _, { method, url }) =>
    method === 'GET' && /\/calls\/[^/]+$/.test(url)
      ? otherwise(response, { body: JSON.stringify(rewrite((await response.json()) as JsonObject)) })
      : response,
  )

const onDelete = (to: Parameters<typeof otherwise>[1]) => answeringWith(204, (response) => otherwise(response, to))

const gone = (to: { readonly status?: number; readonly code: string }) =>
  answeringWith(404, (response) =>
    otherwise(response, { ...to, body: JSON.stringify({ error: { code: to.code, message: 'Call not found.' } }) }),
  )

export const EXISTING: readonly Deviation[] = [
  breaks(
    'CC-29',
    'call-not-given',
    'A call that lives is not found when it is asked for.',
    /answered 404/,
    deciding((decision, command, again) => (command.kind === 'get' ? again({ ...command, callId: NOBODY }) : decision)),
  ),
  breaks(
    'CC-29',
    'another-call-given',
    'Whoever asks for a call is given another.',
    /\bid: documented/,
    getting((call) => ({ ...call, id: NOBODY })),
  ),
  breaks(
    'CC-29',
    'call-given-without-state',
    'The call that is given does not say its state.',
    /state: documented/,
    getting((call) => without(call, 'state')),
  ),
  breaks(
    'CC-29',
    'call-given-established',
    'A call that rings is given as established.',
    /state: documented/,
    getting((call) => ({ ...call, state: 'established' })),
  ),
  breaks('CC-29', 'deleted-200', 'Deleting a call is answered 200.', /answered 200/, onDelete({ status: 200, body: '{}' })),
  breaks('CC-29', 'deleted-202', 'Deleting a call is answered 202.', /answered 202/, onDelete({ status: 202 })),
  breaks(
    'CC-29',
    'call-outlives-deletion',
    'Deleting a call is answered 204, and the call goes on.',
    /Graph answers 200/,
    ({ decide }) => ({
      decide: (state, command, env) =>
        command.kind === 'delete' ? { ...decide(state, command, env), state, effects: [] } : decide(state, command, env),
    }),
  ),
  breaks('CC-29', 'gone-410', 'A call that has ended is answered 410.', /Graph answers 410/, gone({ status: 410, code: '8522' })),
  breaks(
    'CC-29',
    'gone-under-another-code',
    'A call that has ended is answered with another code.',
    /Graph answers 404 NotFound/,
    gone({ code: 'NotFound' }),
  ),
  breaks(
    'CC-29',
    'gone-without-error',
    'A call that has ended is answered 404 without a body.',
    /answers 404; expected: 404 8522/,
    answeringWith(404, (response) => otherwise(response, { body: '{}' })),
  ),
]
