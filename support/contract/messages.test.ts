// The code of a refusal: its own, or the one that the gateway hides in the message. Nothing else counts as that code.
import assert from 'node:assert/strict'
import { describe, test } from 'mocha'
import { codeOf } from './messages'

const inside = (inner: unknown, code = 'UnknownError') => ({ error: { code, message: JSON.stringify(inner) } })
const NOT_REGISTERED = { errorCode: '7503', message: 'Application is not registered in our store.', instanceAnnotations: [] }

describe('the code of an error', () => {
  const codes: readonly [what: string, body: Parameters<typeof codeOf>[0], code: string][] = [
    ['stands in code', { error: { code: '7503', message: 'Application is not registered in our store.' } }, '7503'],
    ['is in the message of an UnknownError: 7503', inside(NOT_REGISTERED), '7503'],
    ['is in the message of an UnknownError: 7500', inside({ errorCode: '7500', message: 'Unsupported AAD Identity.' }), '7500'],
    ['is not in the message of another error', inside(NOT_REGISTERED, 'Forbidden'), 'Forbidden'],
    ['is not one that the gateway shows plainly', inside({ errorCode: '7504' }), 'UnknownError'],
    ['is not a number', inside({ errorCode: 7503 }), 'UnknownError'],
    ['is not a word of the message', { error: { code: 'UnknownError', message: 'errorCode 7503' } }, 'UnknownError'],
    ['is not inside of a text', inside(JSON.stringify(NOT_REGISTERED)), 'UnknownError'],
    ['is not inside of a list', inside([NOT_REGISTERED]), 'UnknownError'],
    ['is not inside of nothing', { error: { code: 'UnknownError', message: '' } }, 'UnknownError'],
  ]
  for (const [what, body, code] of codes) test(what, () => assert.equal(codeOf(body), code))
})
