// The certificate authority of this machine's simulators, for loopback and Graph's hosts only: made when TLS is first needed, kept beside the keys.
import { createPrivateKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { makeFolder } from '../../contract/folders'
import { keysFile } from './keys'

export interface LocalAuthority {
  /** The certificate that a client must trust, PEM. */
  readonly caFile: string
  /** Of the server: a new pair at every start, PEM. */
  readonly tls: { readonly key: string; readonly cert: string }
}

/** The file that clients are given, and the one that holds key and certificate together, so that the two always belong to each other. */
const CA_FILE = 'ca.pem'
const KEY_FILE = 'ca-key.pem'
const LOCK = 'ca.lock'

const DAY_MS = 24 * 3_600_000

/** An authority with fewer days left is made anew. */
const REMAINING_DAYS = 30

/** How long one process waits for another that makes the authority; a lock that is older was left by one that died (milliseconds). */
const LOCK_MS = 10_000

/**
 * The authority and a certificate from it. Both files are made when they are missing, cannot be read, do not belong together or end within
 * 30 days; two processes that start at once get the same authority. About 0.2 s, most of it for loading what writes certificates.
 * @throws Error with the remedy when the folder cannot be written
 */
export async function localAuthority(folder = path.dirname(keysFile())): Promise<LocalAuthority> {
  const caFile = path.join(folder, CA_FILE)
  try {
    let issuer = readIssuer(folder)
    if (issuer === null) {
      const made = await underLock(folder, async () => readIssuer(folder) ?? keep(folder, await makeAuthority()))
      // What lies there counts: a lock that was left behind may have been taken by two.
      issuer = readIssuer(folder) ?? made
    }
    return { caFile, tls: await issueLeaf(issuer) }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new Error(
      `the certificate authority cannot be kept in ${folder} (${message}): set XDG_CACHE_HOME to a folder that can be written`,
      { cause: error },
    )
  }
}

/** Removes the authority of this machine. The files that were there; clients that trust it must forget it themselves. */
export function removeAuthority(folder = path.dirname(keysFile())): string[] {
  return [CA_FILE, KEY_FILE]
    .map((name) => path.join(folder, name))
    .filter((file) => {
      try {
        statSync(file)
        rmSync(file)
        return true
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
        throw error
      }
    })
}

/** What is kept, when it is whole and good for a while; else null. */
function readIssuer(folder: string): Issuer | null {
  try {
    const file = path.join(folder, KEY_FILE)
    const pem = readFileSync(file, 'utf8')
    const certificate = new X509Certificate(pem.slice(pem.indexOf('-----BEGIN CERTIFICATE')))
    const given = new X509Certificate(readFileSync(path.join(folder, CA_FILE)))
    const key = createPrivateKey(pem)
    const remainingMs = Date.parse(certificate.validTo) - Date.now()
    const whole = certificate.ca && certificate.checkPrivateKey(key) && certificate.fingerprint256 === given.fingerprint256
    const secret = (statSync(file).mode & 0o077) === 0 || process.platform === 'win32'
    if (!whole || !secret || remainingMs < REMAINING_DAYS * DAY_MS) return null
    return { certificate: certificate.toString(), key: key.export({ type: 'pkcs8', format: 'pem' }).toString() }
  } catch {
    return null
  }
}

function keep(folder: string, issuer: Issuer): Issuer {
  write(path.join(folder, KEY_FILE), `${issuer.key.trim()}\n${issuer.certificate.trim()}\n`, 0o600)
  write(path.join(folder, CA_FILE), `${issuer.certificate.trim()}\n`, 0o644)
  return issuer
}

/** Written beside and renamed, so that no process reads half a file. The mode is set again because of the umask. */
function write(file: string, text: string, mode: number): void {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(draft, text, { mode, flag: 'wx' })
  chmodSync(draft, mode)
  renameSync(draft, file)
}

/** Runs a task while no other process does; a folder is the lock, because making one succeeds for exactly one process. */
async function underLock<T>(folder: string, task: () => Promise<T>): Promise<T> {
  makeFolder(folder, 0o700)
  const lock = path.join(folder, LOCK)
  while (!taken(lock)) await pause(20)
  try {
    return await task()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
}

function taken(lock: string): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (ageOf(lock) > LOCK_MS) rmSync(lock, { recursive: true, force: true })
    return false
  }
}

/** In milliseconds; 0 when it is gone. */
function ageOf(lock: string): number {
  return Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
}

/** Certificate and private key, PEM. */
export interface Issuer {
  readonly certificate: string
  readonly key: string
}

/** All that a certificate of this authority can be for: this machine, and the hosts that bots have fixed in their code. */
export const NAMES = ['localhost', 'graph.microsoft.com', 'login.microsoftonline.com', 'api.aps.skype.com'] as const
const ADDRESSES = ['127.0.0.1', '::1'] as const
const RANGES = ['127.0.0.0/8', '::1/128'] as const

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const NAME_CONSTRAINTS = '2.5.29.30'

const AUTHORITY_DAYS = 365
const LEAF_DAYS = 7

/** The library, which needs reflect-metadata before it and takes about 0.1 s: loaded only when a certificate is written. */
async function library() {
  await import('reflect-metadata')
  const [x509, asn1, schema] = await Promise.all([
    import('@peculiar/x509'),
    import('@peculiar/asn1-x509'),
    import('@peculiar/asn1-schema'),
  ])
  return { x509, asn1, schema }
}

/** From a day ago, for clocks that differ, until so many days from now. */
function lasting(days: number) {
  const now = Date.now()
  return { notBefore: new Date(now - DAY_MS), notAfter: new Date(now + days * DAY_MS) }
}

/** A positive number of 16 bytes, as RFC 5280, section 4.1.2.2, wants it. */
function newSerialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40
  return bytes.toString('hex')
}

const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  const { x509 } = await library()
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), x509.PemConverter.PrivateKeyTag)
}

/**
 * A new authority, for a year. Its name is its own: a client that trusts an earlier one reports an unknown issuer and no wrong signature.
 * Its name constraints are critical, so that it is good for this machine and Graph's hosts only, even if it is stolen.
 */
export async function makeAuthority(): Promise<Issuer> {
  const { x509, asn1, schema } = await library()
  const keys = await newKeys()
  const permitted = [
    ...NAMES.map((dNSName) => new asn1.GeneralName({ dNSName })),
    ...RANGES.map((iPAddress) => new asn1.GeneralName({ iPAddress })),
  ]
  const constraints = new asn1.NameConstraints({
    permittedSubtrees: new asn1.GeneralSubtrees(permitted.map((base) => new asn1.GeneralSubtree({ base }))),
  })
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerialNumber(),
    name: `CN=Simulated Graph on this machine ${randomBytes(6).toString('hex')}`,
    ...lasting(AUTHORITY_DAYS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      new x509.Extension(NAME_CONSTRAINTS, true, schema.AsnConvert.serialize(constraints)),
    ],
  })
  return { certificate: certificate.toString('pem'), key: await pemOf(keys.privateKey) }
}

/** A certificate for a week; for localhost, Graph's hosts and the loopback addresses unless other names are given. */
export async function issueLeaf(
  issuer: Issuer,
  names: readonly string[] = NAMES,
): Promise<{ readonly key: string; readonly cert: string }> {
  const { x509 } = await library()
  const authority = new x509.X509Certificate(issuer.certificate)
  const signingKey = await webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(issuer.key), ALGORITHM, false, [
    'sign',
  ])
  const keys = await newKeys()
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: newSerialNumber(),
    subject: `CN=${names[0]}`,
    issuer: authority.subjectName,
    ...lasting(LEAF_DAYS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...names.map((value) => ({ type: 'dns' as const, value })),
        ...ADDRESSES.map((value) => ({ type: 'ip' as const, value })),
      ]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
    ],
  })
  return { key: await pemOf(keys.privateKey), cert: leaf.toString('pem') }
}
