// Allure's page: one self-contained file from Allure's results, made by Allure's own generator: version 2, or version 3 where there is no Java.
import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** How Java is started, with the environment in which Allure's start script finds the same one. */
interface Java {
  readonly environment: NodeJS.ProcessEnv
}

type AllurePage = { readonly made: true; readonly file: string } | { readonly made: false; readonly reason: string }

// Allure's page asks it for a script as soon as it is opened: version 2 unless a variable forbids it, version 3 always.
const ANALYTICS_HOST = 'googletagmanager'
const ANALYTICS = /<script async src="https:\/\/www\.googletagmanager\.com[^>]*><\/script>\s*<script>[\s\S]*?<\/script>/

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
 * When Allure fails or its page would load analytics, `reason` says so to the user.
 * @param find How Java is found; without one, version 3 makes the page.
 */
export async function makeAllurePage(resultsFolder: string, outFolder: string, find = findJava): Promise<AllurePage> {
  const { script, command, environment } = generatorFor(find())
  try {
    rmSync(outFolder, { recursive: true, force: true })
    const args = [script, command, '--single-file', '-o', outFolder, resultsFolder]
    await promisify(execFile)(process.execPath, args, { env: environment })
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string }
    const said = `${stdout}${stderr}`.trim() || message
    return { made: false, reason: `Allure's generator did not make the page; it said: ${said}` }
  }
  const file = join(outFolder, 'index.html')
  const page = readFileSync(file, 'utf8').replace(ANALYTICS, '')
  // Version 3 leaves files beside the page that the page does not need.
  rmSync(outFolder, { recursive: true })
  if (mentions(page, ANALYTICS_HOST))
    return {
      made: false,
      reason: `The page of this version of Allure loads analytics from ${ANALYTICS_HOST}, so it is not kept.`,
    }
  mkdirSync(outFolder)
  writeFileSync(file, page)
  return { made: true, file }
}

function generatorFor(java: Java | undefined) {
  if (java === undefined)
    return { script: join(dirname(require.resolve('allure')), '../cli.js'), command: 'awesome', environment: process.env }
  // Only the word "true" turns the analytics off; "1" does not.
  const environment = { ...java.environment, ALLURE_NO_ANALYTICS: 'true' }
  return { script: require.resolve('allure-commandline/bin/allure'), command: 'generate', environment }
}

/** Whether the page has `word` in its text or in a script or style that it carries as base64. */
function mentions(page: string, word: string): boolean {
  const carried = page.matchAll(/(?:text|application)\/(?:javascript|css|x-javascript|html)[^,"']*;base64,([A-Za-z0-9+/=]+)/g)
  return page.includes(word) || [...carried].some(([, code = '']) => Buffer.from(code, 'base64').includes(word))
}
