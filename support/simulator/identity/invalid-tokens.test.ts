// Tokens with one fault: properly signed, refused by Graph for that fault, and accepted with only the fault corrected.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { describe, test } from 'mocha'
import {
  BOT,
  NEW_YEAR,
  PERMISSIONS,
  refusedWithout,
  request,
  type Simulated,
  simulated,
  TENANT,
  testKeys,
} from '../../../test/kit/simulated-world'
import { capabilitiesOf, loadCast } from '../../contract/cast'
import { FOREIGN_TOKENS, type ForeignToken, foreignToken, publicJwk } from './tokens'

const HOUR_MS = 3_600_000
const MONTH_MS = 30 * 24 * HOUR_MS

interface Outcome {
  readonly status: number
  readonly code: string
  readonly message: RegExp
  /** What the journal says to the author of the bot. */
  readonly diagnosis: RegExp
}

const refusal = (message: RegExp, diagnosis: RegExp): Outcome => ({
  status: 401,
  code: 'InvalidAuthenticationToken',
  message,
  diagnosis,
})

const OUTCOMES: Readonly<Record<ForeignToken, Outcome>> = {
  delegated: {
    status: 403,
    code: 'UnknownError',
    message: /errorCode.*7500.*Unsupported AAD Identity\./,
    diagnosis: /code 7500, which stands as JSON text in the message.* is a person's \(scp.*client_credentials/,
  },
  expired: refusal(/expired or is not yet valid/, /expired at .* 60 min ago/),
  notYetValid: refusal(/expired or is not yet valid/, /not valid before .* in 720 h/),
  otherAudience: refusal(/validation failure/, /for audience https:\/\/management\.azure\.com/),
  otherTenant: refusal(/validation failure/, /issued by https:\/\/sts\.windows\.net\/(?!aa67bd4c)/),
}

const signature = (token: string) => token.split('.')[2]

async function createWith(run: Simulated, token: string) {
  return run.create(request(1), { token })
}

describe('a token with one fault', () => {
  for (const kind of FOREIGN_TOKENS) {
    const { status, code, message, diagnosis } = OUTCOMES[kind]
    test(`${kind}: signed by the token service's own key, refused with ${status} ${code}, and nothing comes of it`, async () => {
      const run = await simulated()
      const token = await run.simulator.foreignToken(kind, BOT.clientId)
      const keySet = createLocalJWKSet({ keys: [publicJwk(run.keys.token)] })
      const verified = await jwtVerify(token, keySet, { currentDate: new Date((decodeJwt(token).nbf as number) * 1000) })
      assert.equal(verified.payload.appid, BOT.clientId)
      const answer = await createWith(run, token)
      assert.match(answer.text, message)
      await refusedWithout(run, answer, status, code)
      assert.match(run.journal(), diagnosis)
    })
  }

  const corrected: readonly (readonly [ForeignToken, number])[] = [
    ['expired', NEW_YEAR - HOUR_MS - 1000],
    ['notYetValid', NEW_YEAR + MONTH_MS],
  ]
  for (const [kind, at] of corrected)
    test(`${kind}: good at another time`, async () => {
      const run = await simulated()
      const token = await foreignToken(kind, BOT, await testKeys(), NEW_YEAR + (NEW_YEAR - at))
      assert.equal((await createWith(run, token)).status, 201)
    })

  test('differs from an own token in the claims of its fault alone', async () => {
    const keys = await testKeys()
    const claims = async (kind: ForeignToken) => decodeJwt(await foreignToken(kind, BOT, keys, NEW_YEAR))
    const [expired, delegated, audience, tenant] = await Promise.all(
      (['expired', 'delegated', 'otherAudience', 'otherTenant'] as const).map(claims),
    )
    const own = decodeJwt(await (await simulated()).token())
    const ownUntilLater = { ...own, exp: (NEW_YEAR + MONTH_MS) / 1000 }
    assert.deepEqual({ ...expired, iat: own.iat, nbf: own.nbf, exp: own.exp }, own)
    assert.deepEqual({ ...audience, aud: own.aud }, ownUntilLater)
    assert.deepEqual({ ...tenant, iss: own.iss, tid: TENANT }, ownUntilLater)
    const { scp, oid, ...user } = delegated ?? {}
    assert.deepEqual({ ...user, idtyp: 'app', roles: own.roles }, ownUntilLater)
    assert.deepEqual(
      [scp, typeof oid, delegated?.idtyp, 'roles' in (delegated ?? {})],
      [PERMISSIONS.join(' '), 'string', 'user', false],
    )
    assert.ok(!JSON.stringify(tenant).includes(TENANT))
  })

  test('is made for apps of the directory only, and each time with a signature of its own fault', async () => {
    const { simulator } = await simulated()
    await assert.rejects(
      simulator.foreignToken('expired', 'unknown'),
      new RegExp(`no app unknown: name one of ${BOT.clientId}, `),
    )
    const tokens = await Promise.all(FOREIGN_TOKENS.map((kind) => simulator.foreignToken(kind, BOT.clientId)))
    assert.equal(new Set(tokens.map(signature)).size, FOREIGN_TOKENS.length)
  })

  test('is what a cast can name, each kind', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'foreign-')), 'cast.yaml')
    const tokens = FOREIGN_TOKENS.map((kind) => `${kind}: { env: TOKEN }`).join(', ')
    writeFileSync(file, `bot: { displayName: B }\ntokens: { ${tokens} }\n`)
    assert.deepEqual(Object.keys(loadCast(file).tokens), [...FOREIGN_TOKENS])
    writeFileSync(file, 'bot: { displayName: B }\ntokens: { notYetValid: { env: TOKEN } }\n')
    assert.deepEqual([...capabilitiesOf(loadCast(file))], ['foreign-token'])
    rmSync(path.dirname(file), { recursive: true })
  })
})
