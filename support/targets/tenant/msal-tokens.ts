// The bot's tokens for a real Graph, through Microsoft's own library: by secret, by certificate, or by an assertion of another issuer.
import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Configuration, INetworkModule, NetworkRequestOptions } from '@azure/msal-node'
import { z } from 'zod'
import { Memory } from '../../bot/memory'
import { type AccessToken, isInUse, MARGIN_MS } from '../../bot/tokens'
import { jsonOrNull, type Reply, type Send } from '../../bot/wire'
import { CouldNotRun, HarnessError } from '../../contract/failures'
import { isObject } from '../../contract/json'
import { SIMULATOR_NOT_IMPLEMENTED } from '../../contract/messages'
import type { Credential } from './config/configuration'

interface TokenRequest {
  /** Root of the token service, https, without a slash at its end. */
  readonly authorityUrl: string
  readonly scope: string
  readonly tenantId: string
  readonly clientId: string
  readonly credential: Credential
}

/** The authority that the library has built in; any other must be named as known, with its port, or a service of Microsoft is asked about it. */
const BUILT_IN = 'login.microsoftonline.com'

/**
 * Tokens for Graph by client credentials; each is used until a minute before its end. Every exchange goes through `send` as one of purpose
 * `token`, so the time limits of the wire hold and the evidence shows it. No credential goes to another origin than the authority's.
 *
 * Every call that needs a token makes the library's client anew: one that was refused or throttled once fails from then on without asking.
 *
 * Rejects with CouldNotRun where it gets no token: the message has the OAuth error code and the AADSTS number, with what to do about it, or what the
 * wire said; never those of the service, which may repeat what it was sent. Rejects with HarnessError where the simulator says that it does not play this.
 */
export function msalTokens(send: Send, request: TokenRequest, memory: Memory<AccessToken> = new Memory()): () => Promise<string> {
  return async () => (await memory.recall(request.clientId, () => acquire(send, request), isInUse)).token
}

async function acquire(send: Send, request: TokenRequest): Promise<AccessToken> {
  const { ConfidentialClientApplication } = await import('@azure/msal-node')
  const wire = carriage(send, request.authorityUrl)
  let answer: { accessToken: string; expiresOn: Date | null } | null
  try {
    const client = new ConfidentialClientApplication(await configuration(request, wire.network))
    // The variables that would send the library to a regional service are of no concern here.
    answer = await client.acquireTokenByClientCredential({ scopes: [request.scope], azureRegion: 'DisableMsalForceRegion' })
  } catch (error) {
    // What the wire said first is the cause; the library knows it as "network error" at best.
    throw wire.fault() ?? notAccepted(error)
  }
  if (!answer?.accessToken) throw new CouldNotRun('the token service gave no token: its answer has an empty one or none')
  return { token: answer.accessToken, until: (answer.expiresOn?.getTime() ?? 0) - MARGIN_MS }
}

async function configuration(request: TokenRequest, networkClient: INetworkModule): Promise<Configuration> {
  const { authorityUrl, tenantId, clientId, credential } = request
  const { host } = new URL(authorityUrl)
  return {
    auth: {
      clientId,
      authority: `${authorityUrl}/${tenantId}`,
      knownAuthorities: host === BUILT_IN ? [] : [host],
      ...(await proof(credential)),
    },
    // Silent: messages of the library may hold its input.
    system: { networkClient, loggerOptions: { loggerCallback: () => {}, piiLoggingEnabled: false } },
  }
}

/** What proves who the bot is, in the library's terms. */
async function proof(credential: Credential): Promise<Partial<Configuration['auth']>> {
  if (credential.kind === 'secret') return { clientSecret: credential.secret }
  if (credential.kind === 'certificate') {
    const { privateKey, thumbprintSha256 } = credential
    if (!isRsaKey(privateKey))
      throw new CouldNotRun(
        `GRAPH_CLIENT_CERTIFICATE: ${credential.file} has no RSA key without a passphrase, and only such a key can sign`,
      )
    return { clientCertificate: { privateKey, thumbprintSha256: thumbprintSha256.replaceAll(':', '') } }
  }
  return { clientAssertion: await assertionIn(credential.file) }
}

function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}

async function assertionIn(file: string): Promise<string> {
  const fault = (cause: string) =>
    new CouldNotRun(`GRAPH_FEDERATED_TOKEN_FILE: ${file} ${cause}; its issuer must have written it there`)
  const assertion = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw fault(`cannot be read (${error.code})`)
  })
  if (assertion.trim() === '') throw fault('is empty')
  return assertion.trim()
}

/** The library's network on our wire, and the first thing that went wrong there. */
function carriage(send: Send, authorityUrl: string): { network: INetworkModule; fault(): unknown } {
  let fault: unknown
  const exchange = async (method: string, url: string, { headers = {}, body }: NetworkRequestOptions = {}) => {
    try {
      if (new URL(url).origin !== new URL(authorityUrl).origin)
        throw new CouldNotRun(
          `the token service leads to ${new URL(url).origin}, which GRAPH_AUTHORITY_URL does not name: no credential is sent there`,
        )
      const reply = await send('token', { method, url, headers: inLowerCase(headers), body: body ?? null })
      return { status: reply.status, headers: Object.fromEntries(reply.headers), body: accepted(reply) }
    } catch (error) {
      fault ??= error
      throw error
    }
  }
  const network = {
    sendGetRequestAsync: (url: string, options?: NetworkRequestOptions) => exchange('GET', url, options),
    sendPostRequestAsync: (url: string, options?: NetworkRequestOptions) => exchange('POST', url, options),
  } as INetworkModule
  return { network, fault: () => fault }
}

function inLowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

const refusal = z.looseObject({
  error: z.string().regex(/^[\w.-]{1,60}$/),
  error_codes: z.array(z.number().int()).optional().catch(undefined),
  error_description: z.string().optional().catch(undefined),
})

/** What to do about it, by the number of the AADSTS error (documented: Entra authentication error codes). */
const REMEDIES: Readonly<Record<number, string>> = {
  50034: 'check GRAPH_TENANT_ID',
  90002: 'check GRAPH_TENANT_ID: the tenant is not known to this token service',
  700016: 'check GRAPH_CLIENT_ID and GRAPH_TENANT_ID: the app is not known in this tenant',
  7000215: 'check the secret: write its value, not its id',
  7000222: 'the secret has expired: make a new one',
  7000218: 'no credential was sent: the registration takes none of this kind',
  700027: 'check the certificate: upload it to the registration',
  700021: 'check the federated credential of the registration: issuer, subject and audience must be those of the assertion',
  70021: 'check the federated credential of the registration: issuer, subject and audience must be those of the assertion',
  700213: 'check the federated credential of the registration: its subject is another than the assertion’s',
  700024: 'the assertion is not valid at this time: check the clock, and that the file is renewed',
  70011: 'check GRAPH_SCOPE: it ends in /.default',
  1002012: 'check GRAPH_SCOPE: it ends in /.default',
}

/** What the error of a refused token says of other scenarios. */
export const TOKEN_REFUSED = 'token refused'

/** Statuses that stay until the configuration changes, unlike 429 and 5xx. */
const REFUSALS = [400, 401, 403]

/** The body of an OAuth answer that is no refusal. @throws CouldNotRun, or HarnessError, for any other */
function accepted(reply: Reply): object {
  const body = jsonOrNull(reply.text)
  if (reply.status === 200 && isObject(body) && body.error === undefined) return body
  const { success, data } = refusal.safeParse(body)
  if (!success)
    throw new CouldNotRun(`the token service gave no token: ${reply.status} with an answer that is not OAuth (${kind(reply)})`)
  // The simulated token service says so in OAuth's own form, which the wire does not know.
  if (data.error === SIMULATOR_NOT_IMPLEMENTED)
    throw new HarnessError('the simulated token service does not take this credential')
  const number = data.error_codes?.[0] ?? Number(/\bAADSTS(\d{1,9})\b/.exec(data.error_description ?? '')?.[1] ?? Number.NaN)
  const code = [data.error, ...(Number.isNaN(number) ? [] : [`(AADSTS${number})`])].join(' ')
  const remedy = REMEDIES[number]
  throw new CouldNotRun(
    `the token service gave no token: ${reply.status} ${code}${remedy === undefined ? '' : `: ${remedy}`}`,
    REFUSALS.includes(reply.status) ? TOKEN_REFUSED : null,
  )
}

function kind({ headers, text }: Reply): string {
  const [type] = /^[\w.+-]{1,40}\/[\w.+-]{1,40}/.exec(headers.get('content-type') ?? '') ?? ['no content type']
  return `${type}, ${text.length} characters`
}

/** An error of the library itself about the service's configuration or answer. Its code is safe; its message may hold more. */
function notAccepted(error: unknown): unknown {
  const { errorCode } = error as { errorCode?: unknown }
  if (error instanceof CouldNotRun || typeof errorCode !== 'string') return error
  const code = /^[\w.-]{1,60}$/.test(errorCode) ? errorCode : 'unknown'
  return new CouldNotRun(
    `the token service gave no token that can be used: ${code}${code === UNUSABLE ? `: ${UNUSABLE_REASON}` : ''}`,
  )
}

const UNUSABLE = 'endpoints_resolution_error'
const UNUSABLE_REASON = 'its OpenID configuration lacks an address or names another issuer than GRAPH_AUTHORITY_URL'
