// Certificates and keys for tests, made on the spot: a matching pair, and all that does not match it.
import 'reflect-metadata'
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, webcrypto, X509Certificate } from 'node:crypto'
import { BasicConstraintsExtension, X509CertificateGenerator } from '@peculiar/x509'

export interface Pem {
  readonly certificate: string
  readonly key: string
  readonly thumbprintSha256: string
  readonly expired: string
  readonly encryptedKey: string
  readonly ellipticKey: string
  readonly other: { readonly certificate: string }
}

const DAY_MS = 86_400_000
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const

const rsaKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const inPem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }) as string

export async function pem(): Promise<Pem> {
  const [own, other] = [rsaKey(), rsaKey()]
  const certificate = await certificateOf(own, 1)
  return {
    certificate,
    key: inPem(own),
    thumbprintSha256: new X509Certificate(certificate).fingerprint256.replaceAll(':', ''),
    expired: await certificateOf(own, -1),
    encryptedKey: own.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' }) as string,
    ellipticKey: inPem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
    other: { certificate: await certificateOf(other, 1) },
  }
}

/** A certificate that its own key signed, good until so many days from now. */
async function certificateOf(key: KeyObject, days: number): Promise<string> {
  const privateKey = await imported('pkcs8', key, 'sign')
  const publicKey = await imported('spki', createPublicKey(createPrivateKey(inPem(key))), 'verify')
  const made = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=bot',
    keys: { privateKey, publicKey },
    signingAlgorithm: RSA,
    notBefore: new Date(Date.now() - 10 * DAY_MS),
    notAfter: new Date(Date.now() + days * DAY_MS),
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  })
  return `${made.toString('pem')}\n`
}

function imported(type: 'pkcs8' | 'spki', key: KeyObject, usage: 'sign' | 'verify') {
  return webcrypto.subtle.importKey(type, key.export({ type, format: 'der' } as never) as Buffer, RSA, true, [usage])
}
