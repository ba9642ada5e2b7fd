// Opens pages in the Chromium of this machine, and watches what a page must not do: ask a network, write to the console, throw.
import { existsSync, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'

/** Where distributions and installers put it. */
const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const found = PLACES.find((place) => place !== undefined && existsSync(place))

/** Why the tests of pages cannot run here; false where they can. With REQUIRE_BROWSER=1 a missing browser fails them. */
export const NO_BROWSER =
  found === undefined && process.env.REQUIRE_BROWSER !== '1' && 'no Chromium is installed; on Debian: apt-get install chromium'

/** As long as a slow machine needs. */
const PATIENCE_MS = 120_000

export async function launchBrowser(): Promise<Browser> {
  if (found === undefined)
    throw new Error('REQUIRE_BROWSER=1, and no Chromium is installed: apt-get install chromium, or set CHROMIUM')
  return chromium.launch({ executablePath: found, timeout: PATIENCE_MS })
}

interface Opened {
  readonly page: Page
  /** What the page did that it must not do. */
  readonly complaints: readonly string[]
}

export interface PageOptions {
  readonly dark?: boolean
  readonly width?: number
  readonly height?: number
  /** Pixels of a picture for each pixel of the page. */
  readonly scale?: number
  readonly javaScript?: boolean
  /** What stands after `#`. */
  readonly hash?: string
}

/** Opens a file from disk; with JavaScript it waits until the page's script is ready. */
export async function openPage(browser: Browser, file: string, options: PageOptions = {}): Promise<Opened> {
  const { dark = false, width = 1280, height = 900, scale = 1, javaScript = true, hash = '' } = options
  const context = await browser.newContext({
    colorScheme: dark ? 'dark' : 'light',
    viewport: { width, height },
    deviceScaleFactor: scale,
    javaScriptEnabled: javaScript,
    offline: true,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const complaints: string[] = []
  const address = pathToFileURL(file).href
  page.on('console', (message) => complaints.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('request', (request) => {
    const url = request.url()
    if (url.split('#')[0] !== address && !url.startsWith('data:')) complaints.push(`request: ${url}`)
  })
  await page.goto(address + (hash === '' ? '' : `#${hash}`))
  if (javaScript) await page.waitForSelector('html[data-ready]', { state: 'attached' })
  return { page, complaints }
}

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core finds, of any severity: each with the rule and the element. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
    }
    const { violations } = await axe.run()
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))
  })
}
