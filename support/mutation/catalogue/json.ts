// Deviations in the JSON that Graph sends: what is no JSON for RFC 8259, and what readers take differently.
import type { Wrap } from '../../simulator/wrapping'
import { deliveries } from '../wrap/notifications'
import { changed, responses } from '../wrap/responses'
import { deviationsFrom } from './rows'

type Rewrite = (json: string) => string | Uint8Array<ArrayBuffer>

/** Rewrites the text of responses with these statuses. */
const responseText = (rewrite: Rewrite, picks: (status: number) => boolean): Wrap =>
  responses(async (response) => {
    const text = picks(response.status) ? await response.text() : ''
    return text === '' ? response : changed(response, { body: rewrite(text) })
  })

const answers = (rewrite: Rewrite): Wrap => responseText(rewrite, (status) => status < 300)
const refusals = (rewrite: Rewrite): Wrap => responseText(rewrite, (status) => status >= 400)
const posts = (rewrite: Rewrite): Wrap => deliveries(({ body }) => ({ body: rewrite(body) }))

/** Adds the text of further members to an object. */
const withMembers =
  (members: string): Rewrite =>
  (json) =>
    json.replace(/}$/, `,${members}}`)

const withMark: Rewrite = (json) => `\ufeff${json}`

const inLatin1: Rewrite = (json) =>
  new Uint8Array(Buffer.from(withMembers('"subject":"Besprechung für John"')(json) as string, 'latin1'))

const MARK = /begins with a byte order mark/
const NOT_UTF8 = /is not UTF-8/
const NOT_JSON = /is not JSON/
const TWICE = /is there twice/
const NUMBER = /is a number that not every reader can hold/
const SURROGATE = /half of a surrogate pair/

export const JSON_TEXTS = deviationsFrom({
  'CC-54': {
    'answer-with-a-byte-order-mark': ['The 201 begins with a byte order mark.', MARK, answers(withMark)],
    'refusal-with-a-byte-order-mark': ['Refusals begin with a byte order mark.', MARK, refusals(withMark)],
    'post-with-a-byte-order-mark': ['Notifications begin with a byte order mark.', MARK, posts(withMark)],
    'answer-in-latin-1': ['The 201 is in Latin-1.', NOT_UTF8, answers(inLatin1)],
    'post-in-latin-1': ['Notifications are in Latin-1.', NOT_UTF8, posts(inLatin1)],
    'answer-in-utf-16': ['The 201 is in UTF-16.', NOT_JSON, answers((json) => new Uint8Array(Buffer.from(json, 'utf16le')))],
    'answer-with-a-comment': ['The 201 has a comment.', NOT_JSON, answers((json) => `${json} // created`)],
    'answer-with-nan': ['A number in the 201 is NaN.', NOT_JSON, answers(withMembers('"bitRate":NaN'))],
    'refusal-with-single-quotes': [
      'Refusals are written with single quotes.',
      NOT_JSON,
      refusals((json) => json.replaceAll('"', "'")),
    ],
    'post-of-two-values': ['A post has two values one after the other.', NOT_JSON, posts((json) => `${json}\n${json}`)],
    'post-with-a-leading-zero': [
      'A number in a notification begins with a zero.',
      NOT_JSON,
      posts(withMembers('"sequence":007')),
    ],
    'post-nested-without-end': [
      'A member of a notification is nested 10,000 levels deep.',
      /nested deeper than 100 levels/,
      posts(withMembers(`"more":${'['.repeat(10_000)}${']'.repeat(10_000)}`)),
    ],
  },
  'CC-54b': {
    'answer-with-a-name-twice': ['The 201 has its direction twice.', TWICE, answers(withMembers('"direction":"outgoing"'))],
    'post-with-a-name-twice': [
      'Notifications have their type twice.',
      TWICE,
      posts(withMembers('"@odata.type":"#microsoft.graph.commsNotifications"')),
    ],
    'refusal-with-a-name-twice': [
      'Refusals have two errors.',
      TWICE,
      refusals((json) => json.replace(/}$/, `,${json.slice(1)}`)),
    ],
    'answer-with-a-large-number': [
      'The 201 has a number beyond 2^53.',
      NUMBER,
      answers(withMembers('"sequence":9007199254740993')),
    ],
    'post-with-an-endless-number': [
      'Notifications have a number that no double holds.',
      NUMBER,
      posts(withMembers('"bitRate":1e400')),
    ],
    'post-with-half-a-surrogate-pair': [
      'A text in a notification was cut inside of a character.',
      SURROGATE,
      posts(withMembers('"label":"\\ud83d"')),
    ],
  },
})
