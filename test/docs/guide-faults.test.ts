// The guide's chapter on faults is run as it is printed, its seed is one, and its table is that of the faults.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'mocha'
import { WORLD_FILE } from '../../support/contract/cast'
import { loadSeed } from '../../support/simulator/seed'
import { serveSimulator } from '../kit/standalone'
import { NEEDS_SH, testUnless } from '../kit/unless'
import { blocks, listed, places, printedElsewhere, runScript } from './guide'
import { tables } from './guide-tables'

const CHAPTER = 'Testing how a bot copes'
const folder = mkdtempSync(join(tmpdir(), 'guide-faults-'))
after(() => rmSync(folder, { recursive: true, force: true }))

describe('the chapter on faults', () => {
  testUnless(
    NEEDS_SH,
    'shows throttling, a lost and a doubled notification, a call that the service ends, and a forged token, as it says',
    async () => {
      const simulator = await serveSimulator('--people', 'manual', '--speed', 'manual')
      try {
        const { announced } = simulator
        const token = blocks('Five minutes', 'bash').find((block) => block.includes('TOKEN=')) ?? assert.fail('no token')
        const control = blocks('Cookbook', 'bash').find((block) => block.startsWith('control()')) ?? assert.fail('no control()')
        const script = await printedElsewhere([token, control, ...blocks(CHAPTER, 'bash')].join('\n'), announced, folder)
        const { code, output } = await runScript(script, join(folder, 'faults'), {
          ...places(announced),
          CONTROL_TOKEN: announced.control.token,
        })
        assert.equal(code, 0, output)
        assert.doesNotMatch(output, /\{"error"/)
        const looks = [...output.matchAll(/^HTTP\/1\.1 (\d+).*\n(?:retry-after: (\d+))?/gim)].map(([, status, wait]) => [
          status,
          wait,
        ])
        assert.deepEqual(looks, [
          ['429', '5'],
          ['429', '2'],
          ['404', undefined],
        ])
        const [throttled = '', lost = '', doubled = '', ended = '', endedNow = '', bad = ''] = output
          .split(/^\{"generation":\d+.*$/m)
          .slice(1)
        // What the bot prints may follow an answer of the control API on its line, which ends without one.
        const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0
        const ends = [throttled, lost, doubled, bad].map((text) => count(text, /the call is terminated: 0\/0/gm))
        assert.deepEqual([ends[0], ends[1]], [0, 0])
        assert.ok((ends[2] ?? 0) >= 1 && (ends[3] ?? 0) >= 1, output)
        assert.equal(count(lost, /the call is established$/gm), 0)
        assert.match(lost, /"state":"established"/)
        assert.match(lost, /fault notification-lost: call updated, established is not posted/)
        assert.equal(count(doubled, /the call is established$/gm), 2)
        assert.equal(count(bad, /refused a post: its token is not valid now$/gm), 1)
        assert.match(ended, /the call is terminated: 408\/8537/)
        assert.match(endedNow, /the call is terminated: 500\/9999 MediaProcessorShutdown/)
        assert.match(bad, /the bot at \S+ answered 401/)
      } finally {
        await simulator.stop()
      }
    },
  )

  test('has a table of the faults', () => {
    const { faults } = tables()
    assert.deepEqual(
      listed(CHAPTER).filter((line) => faults.includes(line)),
      faults,
    )
  })

  test('has a seed that is one', () => {
    const file = join(folder, 'seed.yaml')
    const printed = blocks(CHAPTER, 'yaml').join('\n').replace('theBot', 'none')
    writeFileSync(file, `${readFileSync(WORLD_FILE, 'utf8')}\n${printed}`)
    assert.deepEqual(
      loadSeed(file).faults.map(({ fault, messages }) => [fault.id, messages]),
      [
        ['throttle', 3],
        ['notification-delayed', null],
      ],
    )
  })
})
