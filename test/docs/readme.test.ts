// The README is run: its bot against the simulator, and its links lead to files that exist.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'mocha'
import { PROJECT_ROOT } from '../../support/contract/fixture'
import { type Standalone, serveSimulator, startProgram } from '../kit/standalone'
import { printedElsewhere } from './guide'

const README = readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8')
const LONGEST = 170

const folder = mkdtempSync(join(tmpdir(), 'readme-'))
let simulator: Standalone | undefined
after(async () => {
  await simulator?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('the README', () => {
  test('has a bot that prints the states of its call', async () => {
    simulator = await serveSimulator('--speed', '10')
    const [, bot = assert.fail('no bot')] = /save them as `bot\.mjs`.*?^```js\n(.*?)^```$/ms.exec(README) ?? []
    const file = join(folder, 'bot.mjs')
    writeFileSync(file, await printedElsewhere(bot, simulator.announced, folder))
    const { child, lines, line, ended } = startProgram(process.execPath, [file], {})
    await line(/^established$/)
    child.kill()
    await ended
    assert.deepEqual(lines(), ['establishing', 'established'])
  })

  test('links to files that exist, and names tests and folders that exist', () => {
    const links = [...README.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target]) => target as string)
    const named = [...README.matchAll(/`((?:test|support|docs|examples|fixtures)\/[\w./-]*)`/g)].map(([, path]) => path as string)
    assert.ok(links.length > 5 && named.length > 5, `${links.length} links, ${named.length} paths`)
    assert.deepEqual(
      [...links, ...named].filter((target) => !existsSync(join(PROJECT_ROOT, target))),
      [],
    )
  })

  test(`has fewer than ${LONGEST} lines`, () => {
    assert.ok(README.split('\n').length < LONGEST)
  })
})
