// A bot that calls John, follows the call by its notifications and hangs up. Node 20.19 or newer, nothing to install.
import { createPublicKey, verify } from 'node:crypto'
import { createServer } from 'node:http'

// Where nothing is set: the simulator on its own port, and the bot of its built-in world.
const graph = process.env.GRAPH_BASE_URL ?? 'http://localhost:5050'
const authority = process.env.GRAPH_AUTHORITY_URL ?? 'http://localhost:5050'
const openId = process.env.BOT_NOTIFICATION_OPENID ?? 'http://localhost:5050/v1/.well-known/OpenIdConfiguration'
const tenant = process.env.GRAPH_TENANT_ID ?? 'aa67bd4c-8475-432d-bd41-39f255720e0a'
const app = process.env.GRAPH_CLIENT_ID ?? '2891555a-92ff-42e6-80fa-6e1300c6b5c6'
const secret = process.env.GRAPH_CLIENT_SECRET ?? `simulated-${app}`
const port = Number(process.env.BOT_CALLBACK_PORT ?? 3978)

async function ask(url, init = {}) {
  const response = await fetch(url, init)
  if (response.status === 429) {
    // Throttled: nothing was done, so that even a create may be repeated, and never sooner than it says.
    const seconds = Number(response.headers.get('retry-after') ?? 1)
    console.log(`throttled: waiting ${seconds} s`)
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    return ask(url, init)
  }
  const text = await response.text()
  if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${url}: ${response.status} ${text}`)
  return text === '' ? null : JSON.parse(text)
}

const form = {
  grant_type: 'client_credentials',
  client_id: app,
  client_secret: secret,
  scope: 'https://graph.microsoft.com/.default',
}
const token = await ask(`${authority}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form) })
const headers = { authorization: `Bearer ${token.access_token}`, 'content-type': 'application/json' }

// The keys of the calling platform. A bot that runs for days fetches them again when a token names a key that it does not have.
const { issuer, jwks_uri } = await ask(openId)
const { keys } = await ask(jwks_uri)
const decoded = (part) => JSON.parse(Buffer.from(part, 'base64url').toString())

/** Anybody can post to a callback: only a token that the calling platform signed for this bot, and that is valid now, proves a post. */
function refusal(authorization = '') {
  try {
    const [header, claims, signature] = authorization.replace(/^Bearer /i, '').split('.')
    const { alg, kid } = decoded(header)
    const key = createPublicKey({ key: keys.find((one) => one.kid === kid), format: 'jwk' })
    const signed = verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))
    const { aud, iss, nbf, exp } = decoded(claims)
    if (alg !== 'RS256' || !signed) return 'its token is not signed with the key that it names'
    if (aud !== app || iss !== issuer) return `its token is from ${iss} for ${aud}`
    return nbf - 300 < Date.now() / 1000 && Date.now() / 1000 < exp ? null : 'its token is not valid now'
  } catch {
    return 'it has no token that names a published key'
  }
}

const server = createServer(async (request, response) => {
  const body = await new Response(request).text()
  const refused = refusal(request.headers.authorization)
  // Answered at once: what the bot does about it must not keep the next notification waiting.
  response.writeHead(refused === null ? 202 : 401).end()
  if (refused !== null) return console.log(`refused a post: ${refused}`)
  for (const { resource, resourceData } of JSON.parse(body).value) await follow(resource, resourceData)
})

let hungUp = false

/** The id of the call is taken from the notification, which may well be here before the answer to the create. */
async function follow(resource, { state, resultInfo }) {
  console.log(`the call is ${state}${resultInfo ? `: ${resultInfo.code}/${resultInfo.subcode} ${resultInfo.message}` : ''}`)
  if (state === 'established' && !hungUp) {
    hungUp = true // Graph repeats established whenever something about the call changes.
    await ask(`${graph}/beta${resource}`, { method: 'DELETE', headers })
  }
  if (state === 'terminated') process.exit(0)
}

server.on('error', ({ code, message }) => {
  const taken = `port ${port} is taken, perhaps by a bot that still runs: end that, or set BOT_CALLBACK_PORT to another port (0: any free one)`
  console.error(code === 'EADDRINUSE' ? taken : message)
  process.exit(1)
})
await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
const callbackUri = `http://127.0.0.1:${server.address().port}/api/calls`
console.log(`listening at ${callbackUri}`)
setTimeout(() => {
  console.log('the call has not ended within a minute')
  process.exit(1)
}, 60_000)

const john = { displayName: 'John', id: '112f7296-5fa4-42ca-bae8-6a692b15d4b8' }
const call = {
  '@odata.type': '#microsoft.graph.call',
  callbackUri,
  targets: [{ '@odata.type': '#microsoft.graph.participantInfo', identity: { user: john } }],
  requestedModalities: ['audio'],
  mediaConfig: { '@odata.type': '#microsoft.graph.serviceHostedMediaConfig' },
}
const { id } = await ask(`${graph}/beta/app/calls`, { method: 'POST', headers, body: JSON.stringify(call) })
console.log(`call ${id} was created`)
