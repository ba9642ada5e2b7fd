// Certificates as strict clients want them: an authority bound to a few names, and the server's certificate under it.
import { randomBytes, webcrypto } from 'node:crypto'

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

const DAY_MS = 24 * 3_600_000
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
 * Its name constraints are critical, so that whoever trusts it, and whoever steals it, has nothing but this machine and Graph's hosts.
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
