// Allure's page: one self-contained file from Allure's results, made by Allure's own generator, which needs Java.
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** How Java is started, with the environment in which Allure's start script finds the same one. */
interface Java {
  readonly environment: NodeJS.ProcessEnv
}

type AllurePage = { readonly made: true; readonly file: string } | { readonly made: false; readonly reason: string }

export const NO_JAVA =
  'The Allure page needs a Java runtime, version 8 or newer (on Debian: apt-get install default-jre-headless); reports/index.html shows the same run and needs none.'

// Allure's page asks it for a script as soon as it is opened, unless an option of the generator forbids it.
const ANALYTICS_HOST = 'googletagmanager'

/** A Java that starts: that of JAVA_HOME, else the one on the path; undefined when none starts. */
export function findJava(environment: NodeJS.ProcessEnv = process.env): Java | undefined {
  // A JAVA_HOME without Java stops Allure's start script even when there is one on the path.
  const { JAVA_HOME: home, ...withoutHome } = environment
  const candidates = [
    ...(home ? [{ command: join(home, 'bin', 'java'), environment }] : []),
    { command: 'java', environment: withoutHome },
  ]
  return candidates.find(
    ({ command, environment: env }) => spawnSync(command, ['-version'], { env, stdio: 'ignore' }).status === 0,
  )
}

/**
 * Makes `outFolder`/index.html from Allure's results: one file that opens from disk and asks nothing of any network.
 * Without Java, and when Allure fails or its page would load analytics, `reason` says so to the user.
 * @param find How Java is found.
 */
export async function makeAllurePage(resultsFolder: string, outFolder: string, find = findJava): Promise<AllurePage> {
  const java = find()
  if (!java) return { made: false, reason: NO_JAVA }
  const script = require.resolve('allure-commandline/bin/allure')
  const options = ['generate', '--single-file', '--clean', '-o', outFolder, resultsFolder]
  // Only the word "true" turns the analytics off; "1" does not.
  const env = { ...java.environment, ALLURE_NO_ANALYTICS: 'true' }
  try {
    await promisify(execFile)(process.execPath, [script, ...options], { env })
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string }
    const said = `${stdout}${stderr}`.trim() || message
    return { made: false, reason: `Allure's generator did not make the page; it said: ${said}` }
  }
  const file = join(outFolder, 'index.html')
  const page = readFileSync(file, 'utf8')
  if (mentions(page, ANALYTICS_HOST)) {
    return {
      made: false,
      reason: `The page of this version of Allure loads analytics from ${ANALYTICS_HOST}; do not pass it on.`,
    }
  }
  return { made: true, file }
}

/** Whether the page has `word` in its text or in a script or style that it carries as base64. */
function mentions(page: string, word: string): boolean {
  const carried = page.matchAll(/(?:text|application)\/(?:javascript|css|x-javascript|html)[^,"']*;base64,([A-Za-z0-9+/=]+)/g)
  return page.includes(word) || [...carried].some(([, code = '']) => Buffer.from(code, 'base64').includes(word))
}
