// Servers on loopback for tests of the bot's network: https under a certificate authority of their own, http, and bare sockets.
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createSocketServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
} as const
const DAY_MS = 86_400_000

interface Pem {
  readonly certificate: string
  readonly privateKey: string
}

const folders: string[] = []
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder that is the test's own, removed when its process ends. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'graph-calls-'))
  folders.push(folder)
  return folder
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}

const generate = (algorithm: typeof RSA | typeof EC) =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>

/**
 * A certificate as an app registration takes it, with its key.
 * @param days how long it is still valid
 * @param keys of another certificate, to make one for the same key
 */
export async function selfSigned(kind: 'rsa' | 'ec' = 'rsa', days = 1, keys?: webcrypto.CryptoKeyPair) {
  const algorithm = kind === 'rsa' ? RSA : EC
  const pair = keys ?? (await generate(algorithm))
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Calling Bot',
    keys: pair,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 10 * DAY_MS),
    notAfter: new Date(Date.now() + days * DAY_MS),
  })
  return { certificate: `${certificate.toString('pem')}\n`, privateKey: `${await pemOf(pair.privateKey)}\n`, keys: pair }
}

interface Authority {
  /** PEM file with the authority's certificate. */
  readonly caFile: string
  readonly leaf: Pem
}

let made: Promise<Authority> | null = null

/** A name that only a proxy leads anywhere (RFC 6761, section 6.2): what is on loopback is never asked of one. */
export const BEYOND = 'graph.test'

/** An authority, and a certificate of it for localhost, 127.0.0.1 and the name beyond a proxy; one for all tests of a file. */
export function authority(): Promise<Authority> {
  made ??= makeAuthority()
  return made
}

async function makeAuthority(): Promise<Authority> {
  const [ca, leaf] = [await generate(EC), await generate(EC)]
  const name = `CN=Loopback ${Date.now()}`
  const times = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS), signingAlgorithm: EC }
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    keys: ca,
    ...times,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(ca.publicKey),
    ],
  })
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: name,
    publicKey: leaf.publicKey,
    signingKey: ca.privateKey,
    ...times,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'dns', value: BEYOND },
        { type: 'ip', value: '127.0.0.1' },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey),
    ],
  })
  const caFile = join(scratch(), 'ca.pem')
  writeFileSync(caFile, root.toString('pem'))
  return {
    caFile,
    leaf: { certificate: certificate.toString('pem'), privateKey: await pemOf(leaf.privateKey) },
  }
}

/** Port of a server that listens on loopback without keeping the process alive. */
export async function listening(server: Server): Promise<number> {
  server.on('connection', (socket: Socket) => socket.unref())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return (server.address() as AddressInfo).port
}

/** Origin of an https server with a certificate of `authority`. */
export async function httpsServer(listener: RequestListener): Promise<string> {
  const { leaf } = await authority()
  return `https://localhost:${await listening(createHttpsServer({ key: leaf.privateKey, cert: leaf.certificate }, listener))}`
}

/** Origin of an http server. */
export async function httpServer(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listening(createHttpServer(listener))}`
}

/** A free port of loopback. */
export async function freePort(): Promise<number> {
  const server = createSocketServer()
  const port = await listening(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Whether nothing listens on a port of loopback. */
export function isFree(port: number): Promise<boolean> {
  const server = createSocketServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
