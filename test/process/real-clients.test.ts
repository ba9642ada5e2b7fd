// Microsoft's own client libraries, over TLS in a process of their own: what the guide says of them is what they do.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'mocha'
import { type Entry, type Standalone, serveSimulator, startProgram } from '../kit/standalone'
import { NEEDS_SIGNALS } from '../kit/unless'

let simulator: Standalone
/** Takes every notification. */
const callback = createServer((request, response) => request.resume().on('end', () => response.writeHead(202).end()))

before(async () => {
  await new Promise<void>((resolve) => callback.listen(0, '127.0.0.1', resolve))
  simulator = await serveSimulator('--tls')
})
after(async () => {
  const code = await simulator?.stop()
  if (!NEEDS_SIGNALS) assert.equal(code, 0)
  callback.closeAllConnections()
  callback.close()
})

interface Outcome {
  readonly code: number | null
  readonly printed: Record<string, unknown>
  readonly journal: readonly Entry[]
}

/** What the client says and how it ends, and what the journal has of it. */
async function client(otherwise: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  await simulator.control('reset')
  const { https, caFile, apps } = simulator.announced
  const { ended, lines } = startProgram(process.execPath, ['test/process/real-client.mjs'], {
    GRAPH_BASE_URL: `${https}/`,
    GRAPH_AUTHORITY_URL: https ?? '',
    GRAPH_TENANT_ID: apps[0]?.tenantId,
    GRAPH_CLIENT_ID: apps[0]?.clientId,
    GRAPH_CLIENT_SECRET: apps[0]?.secret,
    BOT_CALLBACK: `http://127.0.0.1:${(callback.address() as AddressInfo).port}/api/calls`,
    CUSTOM_HOST: 'localhost',
    NODE_EXTRA_CA_CERTS: caFile ?? '',
    ...otherwise,
  })
  const code = await ended
  await simulator.control('wait-for-idle')
  const line = lines().find((line) => line.startsWith('{')) ?? assert.fail(lines().join('\n'))
  return { code, printed: JSON.parse(line), journal: await simulator.journal() }
}

const requests = (journal: readonly Entry[]) =>
  journal.flatMap(({ request }) => (request === undefined ? [] : [`${request.service} ${request.method} ${request.status}`]))

describe('MSAL and the Graph client', () => {
  test('get a token by discovery, then create, read and delete a call with it', async () => {
    const { code, printed, journal } = await client()
    assert.equal(code, 0, JSON.stringify(printed))
    assert.deepEqual(printed, { id: printed.id, state: 'establishing', read: printed.id, deleted: true })
    assert.deepEqual(requests(journal), [
      'login GET 200',
      'login POST 200',
      'graph POST 201',
      'graph GET 200',
      'graph DELETE 204',
    ])
    assert.deepEqual(
      journal.flatMap(({ request }) => (request?.service === 'graph' ? [request.appId] : [])),
      Array(3).fill(simulator.announced.apps[0]?.clientId),
    )
  })

  test('drop the token on a host that the Graph client knows with its port, and the journal says so', async () => {
    const { code, printed, journal } = await client({ CUSTOM_HOST: new URL(simulator.announced.https ?? '').host })
    assert.deepEqual([code, printed.statusCode, printed.code], [1, 401, 'InvalidAuthenticationToken'])
    assert.deepEqual(requests(journal).at(-1), 'graph POST 401')
    const diagnosis = journal.find(({ request }) => request?.status === 401)?.request?.diagnosis ?? ''
    assert.match(diagnosis, /drops its token on hosts that it does not know/)
    assert.match(diagnosis, /customHosts/)
  })

  test('refuse an authority on http, so that nothing is asked at all', async () => {
    const { code, printed, journal } = await client({ GRAPH_AUTHORITY_URL: simulator.announced.http })
    assert.deepEqual([code, requests(journal)], [1, []])
    assert.match(JSON.stringify(printed), /authority_uri_insecure/)
  })

  test('do not trust the certificate unless NODE_EXTRA_CA_CERTS names its authority, as the guide says', async () => {
    const { code, printed, journal } = await client({ NODE_EXTRA_CA_CERTS: '' })
    assert.deepEqual([code, requests(journal)], [1, []])
    assert.match(JSON.stringify(printed), /endpoints_resolution_error/)
  })
})
