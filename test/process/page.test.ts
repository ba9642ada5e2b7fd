// The reviewer's page in a real browser, as a reviewer uses it: from disk, light and dark, by keyboard, by link, without JavaScript, in print.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Envelope } from '@cucumber/messages'
import { after, before, test } from 'mocha'
import type { Browser, Page } from 'playwright-core'
import { report } from '../../support/cli/report'
import { verdictSentence } from '../../support/cli/verdict-sentence'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import { loadRequirementsFile } from '../../support/contract/requirements'
import { contentOf, FACTS_FILE, type Facts } from '../../support/results/read-messages'
import { readRecord } from '../../support/results/record'
import { writeReports } from '../../support/results/reports/all-reports'
import { contextOf, type RunContext } from '../../support/results/run-metadata'
import { foldVerdict } from '../../support/results/verdict'
import { noAllurePage } from '../kit/allure'
import { accessibilityFaults, launchBrowser, NO_BROWSER, openPage } from '../kit/browser'
import { CommandRuns } from '../kit/command-runs'
import { describeUnless, FULL_ONLY, testUnless } from '../kit/unless'

const SOME = ['--tags', '@CC-35 or @CC-61 or @CC-63 or @CC-32']
const BROKEN = ['--deviation', 'lobby-flag-stuck']

describeUnless(NO_BROWSER, "the reviewer's page", () => {
  const runs = new CommandRuns()
  let browser: Browser
  let failing: string
  before(async () => {
    browser = await launchBrowser()
    failing = (await runs.conformance([...BROKEN, ...SOME])).reports
  })
  after(async () => {
    await browser?.close()
    runs.remove()
  })

  const pageOf = (folder: string) => join(folder, 'index.html')

  /** Opens from disk without complaint, in light and dark, and axe finds nothing, evidence included. */
  async function isSound(folder: string): Promise<void> {
    for (const dark of [false, true]) {
      const { page, complaints } = await openPage(browser, pageOf(folder), { dark })
      await page.evaluate(PRINTS)
      assert.deepEqual(await accessibilityFaults(page), [])
      assert.deepEqual(complaints, [])
      await page.context().close()
    }
  }

  test('of a failing run opens from disk, asks nothing of a network, and is accessible in light and dark', async () => {
    await isSound(failing)
  })

  test('answers ten questions of a reviewer, each in two clicks or fewer', async () => {
    const { page } = await openPage(browser, pageOf(failing))
    const header = (await page.locator('#verdict').innerText()).replace(/\s+/g, ' ')
    assert.match(header, /Non-conformant/, 'did it pass')
    assert.match(header, /the simulator of this project.*deviation lobby-flag-stuck/, 'what was it run against')
    assert.match(header, /When \d+ \w+ \d{4}.*UTC/, 'when')
    assert.match(header, /graph-calls-conformance \d+\.\d+\.\d+/, 'with what version')
    assert.match(header, /npm run conformance -- --deviation lobby-flag-stuck/, 'how do I run it again')
    assert.match(await page.locator('#doubts').innerText(), /rules: not selected/, 'what was not judged')
    await page.click('nav a[href="#failures"]')
    const failure = page.locator('#failure-1')
    const said = await failure.innerText()
    assert.match(said, /CC-35[\s\S]*joining a channel meeting as a guest/, 'which rule broke')
    assert.match(said, /Basis: documented on the page/, 'is that documented or observed')
    assert.match(await failure.locator('.missing').innerText(), /roster updated, John and the bot missing/)
    assert.match(
      await failure.locator('.unexpected').innerText(),
      /roster updated, John and the bot in the lobby unexpected/,
      'what came instead',
    )
    await failure.locator('.actions a').first().click()
    const message = page.locator('details.message[open]')
    await message.waitFor()
    assert.match(
      await message.locator('summary').innerText(),
      /Graph to the bot: roster updated: .*in the lobby.*unexpected/,
      'which message',
    )
    assert.match(await message.locator('summary').innerText(), /John/, 'who was in the meeting')
    assert.match(await message.innerText(), /"isInLobby": true/)
    assert.match(
      await page.locator('#scenarios').innerText(),
      /The bot fetched earlier: the keys of notification tokens in "[^"]+", its token in "[^"]+"\./,
      'where the keys and the token come from',
    )
    await page.context().close()
  })

  test('is walked by keyboard from the verdict to the failing message, and from failure to failure', async () => {
    const { page } = await openPage(browser, pageOf(failing))
    await page.keyboard.press('Tab')
    assert.equal(await focused(page), 'Skip to the failures')
    await page.keyboard.press('Enter')
    for (let step = 0; step < 20 && !/^Open message/.test(await focused(page)); step += 1) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.locator('details.message[open]').first().waitFor()
    assert.match(await focused(page), /unexpected/)
    const first = page.url()
    await page.keyboard.press('n')
    await page.waitForURL((url) => url.hash !== new URL(first).hash)
    await page.locator('details.message[open]').nth(1).waitFor()
    await page.context().close()
  })

  test('filters and searches, in the address too, so that a link shows the same view', async () => {
    const { page } = await openPage(browser, pageOf(failing))
    await page.selectOption('#f-outcome', 'failed')
    const shown = () => page.locator('.feature li[id]:visible').count()
    const all = await page.locator('.feature > ol > li').count()
    await page.waitForURL(/outcome=failed/)
    const failed = await shown()
    assert.ok(failed > 0 && failed < all, `${failed} of ${all}`)
    const link = new URL(page.url()).hash.slice(1)
    const again = await openPage(browser, pageOf(failing), { hash: link })
    assert.equal(await again.page.locator('.feature > ol > li:visible').count(), failed)
    await page.selectOption('#f-outcome', '')
    // Only the evidence has it.
    await page.fill('#f-text', 'videoBasedScreenSharing')
    await page.locator('#found', { hasNotText: new RegExp(`^${all} of`) }).waitFor()
    assert.ok((await page.locator('.feature > ol > li:visible').count()) > 0)
    await page.fill('#f-text', 'no scenario says this')
    await page.locator('#found', { hasText: /^0 of/ }).waitFor()
    await page.fill('#f-text', 'E-13')
    await page.waitForSelector('#found-elsewhere a[href="#E-13"]')
    await page.click('#found-elsewhere a[href="#E-13"]')
    await page.locator('#E-13[open]').waitFor()
    await page.context().close()
    await again.page.context().close()
  })

  test('can be read without JavaScript, on a narrow screen without scrolling sideways, and printed', async () => {
    const { page, complaints } = await openPage(browser, pageOf(failing), { javaScript: false, width: 390 })
    const text = await page.locator('body').innerText()
    for (const part of [/Non-conformant/, /rules: not selected/, /roster updated, John and the bot/, /A guest/])
      assert.match(text, part)
    assert.ok((await page.locator('.feature summary:visible').count()) > 3)
    assert.deepEqual(complaints, [])
    await page.context().close()
    // As wide as a screen of 780 pixels at a zoom of 200 %.
    const narrow = await openPage(browser, pageOf(failing), { width: 390 })
    await narrow.page.emulateMedia({ media: 'print' })
    await narrow.page.evaluate(PRINTS)
    assert.ok((await narrow.page.locator('details.message[open] pre:visible').count()) > 5, 'the evidence of failures is printed')
    await narrow.page.emulateMedia({ media: 'screen' })
    const wide = await narrow.page.evaluate('document.documentElement.scrollWidth')
    assert.equal(wide, 390, 'pixels')
    await narrow.page.context().close()
  })

  test('has a picture in the README, under 200 KB', async () => {
    const file = join(PROJECT_ROOT, 'docs/report.png')
    if (process.env.REPORT_PICTURE === '1') {
      const { page } = await openPage(browser, pageOf(failing), { width: 960, height: 1850, scale: 0.75 })
      await page.screenshot({ path: file })
      await page.context().close()
    }
    assert.ok(statSync(file).size < 200_000)
    assert.ok(readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8').includes('docs/report.png'))
  })

  testUnless(FULL_ONLY, 'takes 60 KB and half a KB for each scenario, or less, evidence included', async () => {
    const { reports, verdict } = await runs.conformance([])
    const most = 60_000 + 500 * (verdict?.scenarios.length ?? 0)
    assert.ok(statSync(pageOf(reports)).size <= most, `${statSync(pageOf(reports)).size} of ${most} bytes`)
  })

  testUnless(FULL_ONLY, 'of a passing, a drifted, an aborted, a tenant and a merged run is sound', async () => {
    const passing = await runs.conformance(SOME)
    await isSound(passing.reports)
    const states = {
      aborted: { change: cutOff, says: /cut off before its end/ },
      drifted: { change: (envelopes: Envelope[]) => withFacts(envelopes, { drift: ['D-05'] }), says: /relied on known drift/ },
      tenant: { change: asTenant, says: /rules?: not applicable/ },
    }
    for (const [name, { change, says }] of Object.entries(states)) {
      const folder = join(runs.folder, name)
      const envelopes = change(readRecord(join(passing.reports, 'messages.ndjson')))
      await remake(folder, envelopes, name === 'aborted')
      await isSound(folder)
      assert.match(readFileSync(pageOf(folder), 'utf8'), says, name)
    }
    const shards = []
    for (const shard of ['1/2', '2/2']) shards.push((await runs.conformance([...SOME, '--shard', shard])).reports)
    const merged = join(runs.folder, 'merged')
    const silent = { out: () => {}, error: () => {}, allurePage: noAllurePage }
    assert.equal(await report(['--reports', merged, '--merge', ...shards], silent), 0)
    await isSound(merged)
  })

  const focused = (page: Page): Promise<string> => page.evaluate('document.activeElement.textContent')
})

/** What the browser does before it prints. */
const PRINTS = "dispatchEvent(new Event('beforeprint'))"

const NOT_STRICT = { strict: false } satisfies Partial<RunContext>

/** Writes the reports of a record that was changed. */
async function remake(folder: string, envelopes: Envelope[], interrupted: boolean): Promise<void> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'messages.ndjson'), envelopes.map((one) => JSON.stringify(one)).join('\n'))
  const context = { ...(contextOf(envelopes) as RunContext), ...NOT_STRICT }
  const verdict = foldVerdict({ ...context, ...loadRequirementsFile(), envelopes, interrupted, crash: null })
  await writeReports({ folder, envelopes, verdict, sentence: verdictSentence(verdict), interrupted: null })
}

/** As after a kill during the last scenario. */
function cutOff(envelopes: readonly Envelope[]): Envelope[] {
  return envelopes.slice(
    0,
    envelopes.findLastIndex(({ testCaseFinished }) => testCaseFinished),
  )
}

function withFacts(envelopes: readonly Envelope[], facts: Partial<Facts>): Envelope[] {
  return envelopes.map((envelope) => {
    const { attachment } = envelope
    if (attachment?.fileName !== FACTS_FILE) return envelope
    const body = JSON.stringify({ ...(JSON.parse(contentOf(attachment).toString()) as Facts), ...facts })
    return { attachment: { ...attachment, body, contentEncoding: 'IDENTITY' as never } }
  })
}

/** As a run against a tenant whose cast lacks what some scenarios need: their steps are skipped. */
function asTenant(envelopes: readonly Envelope[]): Envelope[] {
  const lacking = envelopes.find(({ testCaseStarted }) => testCaseStarted)?.testCaseStarted?.id
  const skipped = { outcome: 'not-applicable' as const, reason: 'the cast declares no lobby-held' }
  return envelopes.map((envelope) => {
    const { attachment, testStepFinished } = envelope
    if (attachment?.fileName === 'run.json')
      return { attachment: { ...attachment, body: attachment.body.replace('"simulator"', '"tenant"') } }
    if (testStepFinished?.testCaseStartedId === lacking && testStepFinished !== undefined)
      return {
        testStepFinished: {
          ...testStepFinished,
          testStepResult: { ...testStepFinished.testStepResult, status: 'SKIPPED' as never },
        },
      }
    if (attachment?.testCaseStartedId === lacking && lacking !== undefined)
      return withFacts([envelope], { skipped })[0] as Envelope
    return envelope
  })
}
