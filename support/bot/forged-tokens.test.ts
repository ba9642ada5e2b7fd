// Forged tokens: each has exactly one fault, is refused by Graph, and nothing comes of the request.
import assert from 'node:assert/strict'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { test } from 'mocha'
import { refusedWithout, request, simulated } from '../../test/kit/simulated-world'
import { FORGERIES, type Forgery, forged } from './forged-tokens'

const parts = (token: string) => token.split('.')

/** What the forgery has in common with the token that it is made of, and what not. */
const FAULTS: Readonly<Record<Forgery, (made: string, own: string) => void>> = {
  malformed: (made) => assert.equal(parts(made).length, 1),
  tampered: (made, own) => {
    assert.deepEqual([parts(made)[0], parts(made)[2]], [parts(own)[0], parts(own)[2]])
    assert.deepEqual(decodeJwt(made), { ...decodeJwt(own), tampered: true })
  },
  unsigned: (made, own) => {
    assert.deepEqual(decodeProtectedHeader(made), { ...decodeProtectedHeader(own), alg: 'none' })
    assert.deepEqual(parts(made).slice(1), [parts(own)[1], ''])
  },
  'signed by another key': (made, own) => {
    assert.deepEqual(decodeJwt(made), decodeJwt(own))
    assert.deepEqual(decodeProtectedHeader(made), decodeProtectedHeader(own))
    assert.notEqual(parts(made)[2], parts(own)[2])
    assert.equal(parts(made)[2]?.length, parts(own)[2]?.length)
  },
}

for (const kind of FORGERIES) {
  test(`a token that is ${kind} has this fault alone, and is refused`, async () => {
    const run = await simulated()
    const own = await run.token()
    const made = await forged(kind, own)
    FAULTS[kind](made, own)
    await refusedWithout(run, await run.create(request(1), { token: made }), 401, 'InvalidAuthenticationToken')
    assert.equal((await run.create(request(1), { token: own })).status, 201)
  })
}
