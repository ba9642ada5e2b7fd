// docs/simulator.md as a reader uses it: its sections, their blocks of code, and shells that run them.

import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import { freePort } from '../kit/loopback-https'
import { PATIENCE_MS } from '../kit/patience'
import type { Announced } from '../kit/simulator-process'

const TEXT = readFileSync(join(PROJECT_ROOT, 'docs/simulator.md'), 'utf8')

/** The text under a heading of any level, up to the next of the same level or a higher one. */
export function section(title: string): string {
  const lines = TEXT.split('\n')
  const from = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === title)
  if (from < 0) throw new Error(`the guide has no section "${title}"`)
  const level = lines[from]?.indexOf(' ') ?? 0
  const length = lines.slice(from + 1).findIndex((line) => new RegExp(`^#{1,${level}} `).test(line))
  return lines.slice(from + 1, length < 0 ? undefined : from + 1 + length).join('\n')
}

/** The blocks of a section in a language, in their order. */
export function blocks(title: string, language: string): readonly string[] {
  return [...section(title).matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, code]) => code as string)
}

/** Lists and tables of a section, line by line. */
export function listed(title: string): readonly string[] {
  return section(title)
    .split('\n')
    .filter((line) => /^[|-] ?/.test(line))
}

export interface Ran {
  readonly code: number | null
  readonly output: string
}

/**
 * Runs a script as a build server does: it ends at the first command that fails. The output goes to a file, so that what it leaves behind in
 * the background is not waited for.
 */
export async function runScript(script: string, outputFile: string, environment: NodeJS.ProcessEnv): Promise<Ran> {
  const output = openSync(outputFile, 'w')
  const child = spawn('bash', ['-eo', 'pipefail', '-c', script], {
    cwd: PROJECT_ROOT,
    env: { ...process.env, NO_PROXY: 'localhost,127.0.0.1', no_proxy: 'localhost,127.0.0.1', ...environment },
    stdio: ['ignore', output, output],
    timeout: PATIENCE_MS,
  })
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('exit', resolve))
  closeSync(output)
  return { code, output: readFileSync(outputFile, 'utf8') }
}

/** The printed script for other ports than the printed ones, and without their waits where time passes faster. Files that it makes lie in the folder. */
export async function printedElsewhere(script: string, { http, control }: Announced, folder: string): Promise<string> {
  const port = (url: string) => new URL(url).port
  // In one pass: a port that stands in place of another may hold the digits of a third.
  const elsewhere: Readonly<Record<string, string>> = {
    'localhost:5050': `localhost:${port(http)}`,
    '127.0.0.1:5051': `127.0.0.1:${port(control.url)}`,
    '3978': String(await freePort()),
    'guest.json': join(folder, 'guest.json'),
  }
  return script
    .replaceAll(/localhost:5050|127\.0\.0\.1:5051|3978|guest\.json/g, (printed) => elsewhere[printed] ?? printed)
    .replaceAll(/^sleep \d+$/gm, 'sleep 1')
}

/** The settings of the example bots, in place of their defaults. */
export const places = ({ http }: Announced): NodeJS.ProcessEnv => ({
  GRAPH_BASE_URL: http,
  GRAPH_AUTHORITY_URL: http,
  BOT_NOTIFICATION_OPENID: `${http}/v1/.well-known/OpenIdConfiguration`,
  BOT_CALLBACK_PORT: '0',
})
