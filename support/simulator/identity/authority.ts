// The certificate authority of this machine's simulators: made when TLS is first asked for, kept beside the keys, good for loopback and Graph's hosts alone.
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Issuer, issueLeaf, makeAuthority } from './certificates'
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

/** Written beside and renamed: nobody reads half a file. The mode is set afterwards too, whatever the umask. */
function write(file: string, text: string, mode: number): void {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(draft, text, { mode, flag: 'wx' })
  chmodSync(draft, mode)
  renameSync(draft, file)
}

/** Runs a task while no other process does; a folder is the lock, because making one succeeds for exactly one process. */
async function underLock<T>(folder: string, task: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
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
