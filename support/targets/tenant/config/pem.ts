// Files that a tenant target is given: certificates and keys in PEM, and tokens. What they hold is never shown, nor is their name where it may be a secret.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import path from 'node:path'
import { type CauseAndRemedy, FixtureError, readText } from '../../../contract/fixture'

/** A value, or why it is invalid. */
export type Read<Value> = { readonly value: Value; readonly fault?: undefined } | { readonly fault: CauseAndRemedy }

export interface Certificate {
  /** Absolute. */
  readonly file: string
  /** PKCS#8 in PEM. */
  readonly privateKey: string
  /** SHA-256 of the certificate, 64 hexadecimal digits. */
  readonly thumbprintSha256: string
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g
const KEY = /-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----[\s\S]+?-----END \1-----/

const WRITE_PATH = 'write the path of the file'
const BOTH = 'append certificate and private key to one PEM file'

/**
 * The certificate and its key in one PEM file, as client credentials sign with them: RSA, unencrypted, within its time of validity.
 * A chain may stand around it.
 * @param now milliseconds since the epoch
 */
export function readCertificate(written: string, now: number): Read<Certificate> {
  const text = content(written)
  if (text.fault !== undefined) return text
  const key = privateKey(text.value)
  if (key.fault !== undefined) return key
  const { certificates, broken } = certificatesIn(text.value)
  if (broken) return fault('names a file with a certificate that cannot be read', 'export it again, as PEM')
  if (certificates.length === 0) return fault('names a file without a certificate', BOTH)
  const own = certificates.find((certificate) => certificate.checkPrivateKey(key.value))
  if (own === undefined)
    return fault('names a file whose certificate and key do not belong together', 'put the matching two in it')
  if (Date.parse(own.validTo) < now)
    return fault('names a certificate that has expired', 'make a new one and upload it to the app')
  return {
    value: {
      file: path.resolve(written),
      privateKey: key.value.export({ type: 'pkcs8', format: 'pem' }) as string,
      thumbprintSha256: own.fingerprint256.replaceAll(':', ''),
    },
  }
}

/** The absolute path of a PEM file that holds at least one certificate, and none that cannot be read. */
export function readAuthorities(written: string): Read<string> {
  const text = content(written)
  if (text.fault !== undefined) return text
  const { certificates, broken } = certificatesIn(text.value)
  const remedy = 'name a PEM file with the certificate of the authority (-----BEGIN CERTIFICATE-----)'
  if (broken) return fault('names a file with a certificate that cannot be read', remedy)
  return certificates.length === 0 ? fault('names a file without a certificate', remedy) : { value: path.resolve(written) }
}

/** The absolute path of a file that holds a token now; it is read anew for each request, because such tokens are renewed in place. */
export function readTokenFile(written: string): Read<string> {
  const text = content(written)
  if (text.fault !== undefined) return text
  return text.value.trim() === ''
    ? fault('names a file that is empty', 'name the file into which the platform writes the federated token')
    : { value: path.resolve(written) }
}

function content(written: string): Read<string> {
  if (written.includes('-----BEGIN') || /^eyJ[\w-]+\./.test(written))
    return fault('holds the content of a file', `${WRITE_PATH} instead`)
  try {
    return { value: readText(written) }
  } catch (error) {
    const [problem] = (error as FixtureError).problems ?? []
    if (!(error instanceof FixtureError) || problem === undefined) throw error
    return fault(`names a file that ${problem.cause}`, `${problem.remedy}; a relative path starts at the folder of the command`)
  }
}

function privateKey(text: string): Read<KeyObject> {
  const pem = KEY.exec(text)?.[0]
  if (pem === undefined) return fault('names a file without a private key in PEM', BOTH)
  if (/ENCRYPTED/.test(pem))
    return fault('names a file whose private key is encrypted', 'store the key without a passphrase, mode 0600')
  try {
    const key = createPrivateKey(pem)
    return key.asymmetricKeyType === 'rsa' ? { value: key } : fault('names a file whose key is not RSA', 'use an RSA certificate')
  } catch {
    return fault('names a file whose private key cannot be read', 'export it again, as PKCS#8 in PEM')
  }
}

function certificatesIn(text: string): { readonly certificates: readonly X509Certificate[]; readonly broken: boolean } {
  const blocks = text.match(CERTIFICATES) ?? []
  try {
    return { certificates: blocks.map((block) => new X509Certificate(block)), broken: false }
  } catch {
    return { certificates: [], broken: true }
  }
}

function fault(cause: string, remedy: string): { readonly fault: CauseAndRemedy } {
  return { fault: { cause, remedy } }
}
