// What the doctor says of the token and the cast: who the bot is, and which of the examples can be judged.
import assert from 'node:assert/strict'
import { UnsecuredJWT } from 'jose'
import { describe, test } from 'mocha'
import { ALL, CLIENT, lines, one, TENANT } from '../../../test/kit/doctor-surroundings'
import { loadCast } from '../../contract/cast'
import { CouldNotRun } from '../../contract/faults'
import { loadRequirements } from '../../contract/requirements'
import { checkCast, checkCredential, checkPermissions } from './check-token'

const requirements = loadRequirements()

describe('the credential', () => {
  const token = (claims: Record<string, unknown>) => new UnsecuredJWT(claims).encode()
  const check = (ask: () => Promise<string>) => checkCredential(ask, { tenantId: TENANT, clientId: CLIENT })
  const claims = (roles: readonly string[]) => ({ tid: TENANT, appid: CLIENT, roles })

  test('gives a token of this app in this tenant', async () => {
    const { findings, found } = await check(async () => token(claims([...ALL, 'User.Read.All'])))
    assert.deepEqual(findings, [{ state: 'ok', says: `a token for app ${CLIENT} in tenant ${TENANT}` }])
    assert.deepEqual([found?.grant?.permissions.size, found?.grant?.others], [4, 1])
    one(await check(async () => token({ tid: TENANT.toUpperCase(), azp: CLIENT.toUpperCase() })), /^ok/)
  })

  test('gives a token of another app or tenant: that is not used', async () => {
    for (const other of [{ tid: CLIENT, appid: CLIENT }, { tid: TENANT, appid: TENANT }, { tid: TENANT }]) {
      const checked = await check(async () => token(other))
      one(checked, /^mend: .*another; correct GRAPH_CLIENT_ID and GRAPH_TENANT_ID/)
      assert.equal(checked.found, null)
    }
  })

  test('gives something unreadable, which may do', async () => {
    const checked = await check(async () => 'canary')
    one(checked, /^warning: .*cannot be read/)
    assert.doesNotMatch(lines(checked).join(), /canary/)
    assert.equal(checked.found?.bearer, 'canary')
    one(await checkPermissions(checked.found ?? assert.fail(), requirements), /^warning: cannot be told; see in the portal/)
  })

  test('is refused: in the words of the refusal', async () => {
    one(await check(() => Promise.reject(new CouldNotRun('AADSTS7000215: check the secret'))), /^mend: AADSTS7000215: check/)
    await assert.rejects(
      check(() => Promise.reject(new TypeError('x'))),
      TypeError,
    )
  })

  async function permissions(...roles: readonly string[]) {
    const { found } = await check(async () => token(claims(roles)))
    return lines(await checkPermissions(found ?? assert.fail(), requirements))
  }

  test('permits all of the examples', async () => {
    const [line, ...more] = await permissions(...ALL)
    assert.deepEqual(more, [])
    for (const [at, id] of ['CC-30', 'CC-31', 'CC-32', 'CC-33', 'CC-34', 'CC-35'].entries())
      assert.match(line as string, new RegExp(`${id} \\(example ${at + 1}\\)`))
  })

  test('permits some: the others are named with what to grant', async () => {
    const said = await permissions('Calls.Initiate.All')
    assert.match(said[0] as string, /^ok: Calls\.Initiate\.All: they allow CC-30 \(example 1\)$/)
    assert.match(said[1] as string, /^warning: CC-31 .*refused; grant Calls\.AccessMedia\.All in/)
    assert.match(said[3] as string, /^warning: CC-33 .*grant Calls\.JoinGroupCall\.All and Calls\.AccessMedia\.All in/)
    assert.equal(said.length, 6)
  })

  test("takes the page's spellings for the names that can be granted (E-04, E-05)", async () => {
    const spelt = ['calls.initiate.all', 'Calls.JoinGroupCalls.All', 'Calls.JoinGroupCallsasGuest.All', 'Calls.AccessMedia.All']
    assert.equal((await permissions(...spelt)).length, 1)
  })

  test('permits nothing of calling', async () => {
    const said = await permissions('User.Read.All', 'Calls.Canary.All')
    assert.equal(said.length, 1)
    assert.match(said[0] as string, /^mend: .*2 other permissions\); grant Calls\.Initiate\.All, .*consent/)
    assert.doesNotMatch(said.join(), /User\.Read|Canary/)
  })
})

describe('the cast', () => {
  const cast = loadCast()
  test('declares everything', async () => {
    one(await checkCast(cast, { kind: 'attended' }, requirements), /^ok: people: 5, meetings: 3; at most 60 calls/)
  })
  test('nobody answers', async () => {
    const said = lines(await checkCast(cast, { kind: 'unattended' }, requirements))
    assert.deepEqual(
      said.slice(1).map((line) => line.split(', ')[0]),
      ['CC-30', 'CC-31'].map((id, at) => `warning: ${id} (example ${at + 1}) cannot run`),
    )
  })
  test('lacks meetings, the lobby or a media stack', async () => {
    const { channel } = cast.meetings
    assert.ok(channel)
    const poor = {
      ...cast,
      meetings: { channel: { ...channel, guests: null } },
      media: { ...cast.media, blob: { file: null, live: false } },
    }
    const said = lines(await checkCast(poor, { kind: 'attended' }, requirements)).slice(1)
    assert.deepEqual(
      said.map((line) => line.replace(/ \(example \d\)/, '').split(' in the cast')[0]),
      [
        'warning: CC-31 is judged without established; declare media-live',
        'warning: CC-32 does not apply; declare the scheduled meeting',
        'warning: CC-33 does not apply; declare the scheduled meeting',
        'warning: CC-35 does not apply; declare lobby-held',
      ],
    )
  })
})
