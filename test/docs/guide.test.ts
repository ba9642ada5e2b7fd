// The guide is run: its five minutes, its cookbook and its build as they are printed, and its tables against those of the simulator.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'mocha'
import { parse } from 'yaml'
import { TEAMS_HOSTS } from '../../support/contract/join-address-wrappers'
import * as simulatorPackage from '../../support/simulator'
import { FORMS } from '../../support/simulator/core/forms'
import { loadSeed } from '../../support/simulator/seed'
import { type Standalone, serveSimulator } from '../kit/standalone'
import { NEEDS_SH, testUnless } from '../kit/unless'
import { blocks, listed, places, printedElsewhere, runScript, section } from './guide'
import { tables } from './guide-tables'

const folder = mkdtempSync(join(tmpdir(), 'guide-'))
const running: Standalone[] = []
after(async () => {
  await Promise.all(running.map((one) => one.stop()))
  rmSync(folder, { recursive: true, force: true })
})

async function simulator(...options: string[]): Promise<Standalone> {
  const one = await serveSimulator(...options)
  running.push(one)
  return one
}

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0

describe('what the guide prints', () => {
  testUnless(NEEDS_SH, 'in its five minutes creates a call, shows it answered, and ends it', async () => {
    const { announced } = await simulator('--speed', '10')
    const script = await printedElsewhere(blocks('Five minutes', 'bash').join('\n'), announced, folder)
    const { code, output } = await runScript(script, join(folder, 'five-minutes'), places(announced))
    assert.equal(code, 0, output)
    const states = [...output.matchAll(/^notification: (\w+) .*"state":"(\w+)"/gm)].map(([, type, state]) => `${type} ${state}`)
    assert.deepEqual(states, ['updated establishing', 'updated established', 'updated terminating', 'deleted terminated'])
    assert.match(output, /^http:\/\/localhost:\d+\/beta\/app\/calls\/[0-9a-f-]{36}$/m)
    assert.match(output, /^\{"@odata.type":"#microsoft.graph.call","state":"established"/m)
    assert.match(output, /^HTTP\/1\.1 204 /m)
    assert.match(output, /^\{"error":\{"code":"8522"/m)
    assert.equal(count(output, /^the call is established$/gm), 2, 'both bots')
  })

  testUnless(NEEDS_SH, 'in its cookbook lets people answer, decline, be silent, admit, come and go', async () => {
    const { announced } = await simulator('--people', 'manual', '--speed', 'manual')
    const token = blocks('Five minutes', 'bash').find((block) => block.includes('TOKEN=')) ?? assert.fail('no token')
    const script = await printedElsewhere([token, ...blocks('Cookbook', 'bash')].join('\n'), announced, folder)
    const { code, output } = await runScript(script, join(folder, 'cookbook'), {
      ...places(announced),
      CONTROL_TOKEN: announced.control.token,
    })
    assert.equal(code, 0, output)
    assert.doesNotMatch(output, /\{"error"/)
    assert.deepEqual(
      [...output.matchAll(/the call is terminated: (\d+\/\d+)/g)].map(([, end]) => end),
      ['0/0', '603/8538', '200/5002'],
    )
    assert.match(output, /^201$/m)
    assert.match(output, /"state":"establishing","phase":"in-lobby"/)
    assert.match(output, /not delivered to localhost:\d+: connection refused: nothing listens there/)
    assert.match(output, /"generation":4/)
  })

  testUnless(NEEDS_SH, 'for a build starts the simulator, runs a bot against it, and shows what happened', async () => {
    const [workflow] = blocks('In a build', 'yaml').map((text) => parse(text))
    const environment: NodeJS.ProcessEnv = { RUNNER_TEMP: folder, GITHUB_ENV: join(folder, 'env'), BOT_CALLBACK_PORT: '0' }
    writeFileSync(join(folder, 'env'), '')
    const outputs: string[] = []
    for (const { name, run } of workflow.steps as readonly { name: string; run: string }[]) {
      const { code, output } = await runScript(run.replace(/^npm ci$/m, ''), join(folder, 'step'), environment)
      assert.equal(code, 0, `${name}: ${output}`)
      outputs.push(output)
      const lines = readFileSync(join(folder, 'env'), 'utf8').trim().split('\n')
      for (const line of lines) environment[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1)
    }
    assert.equal(outputs[0], '')
    assert.match(outputs[1] ?? '', /the call is terminated: 0\/0/)
    assert.match(outputs[2] ?? '', /DELETE .*: 204[\s\S]*"ends":true/)
    assert.equal(readFileSync(join(folder, 'simulator.json'), 'utf8').trim().split('\n').length, 1)
  })

  test('as a seed file is one', () => {
    const file = join(folder, 'seed.yaml')
    writeFileSync(file, blocks('People, meetings and apps', 'yaml').join('\n'))
    const { directory, scripts, present, meetingsOnDemand } = loadSeed(file)
    assert.deepEqual(directory.apps[0]?.permissions, ['Calls.Initiate.All'])
    assert.deepEqual(
      [...scripts.called.values()],
      [
        { does: 'declines', afterMs: 1_000, hangsUpAfterMs: null },
        { does: 'answers', afterMs: 2_000, hangsUpAfterMs: 10_000 },
      ],
    )
    assert.deepEqual([...scripts.waiting.values()], [{ does: 'admits', afterMs: 3_000 }])
    assert.deepEqual([present.length, meetingsOnDemand], [1, null])
  })
})

describe('what the guide prints of join addresses', () => {
  test('makes a join of each kind of address, and an error of what is no address', () => {
    const [code = assert.fail('no example')] = blocks('Join addresses', 'js')
    const joinOf = new Function('require', `${code}\nreturn joinOf`)(() => simulatorPackage) as (address: string) => unknown
    const organizer = { id: '5810cede-f3cc-42eb-b2c1-e9bd5d53ec96', tenantId: 'aa67bd4c-8475-432d-bd41-39f255720e0a' }
    const context = encodeURIComponent(JSON.stringify({ Tid: organizer.tenantId, Oid: organizer.id }))
    assert.deepEqual(joinOf(`https://teams.microsoft.com/l/meetup-join/19%3ameeting_a%40thread.v2/0?context=${context}`), {
      chatInfo: {
        '@odata.type': '#microsoft.graph.chatInfo',
        threadId: '19:meeting_a@thread.v2',
        messageId: '0',
        replyChainMessageId: null,
      },
      meetingInfo: { '@odata.type': '#microsoft.graph.organizerMeetingInfo', organizer: { user: organizer } },
      tenantId: organizer.tenantId,
    })
    const byId = { '@odata.type': '#microsoft.graph.joinMeetingIdMeetingInfo', joinMeetingId: '26', passcode: 'x' }
    assert.deepEqual(joinOf('https://teams.microsoft.com/meet/26?p=x'), { meetingInfo: byId })
    assert.throws(
      () => joinOf('https://teams.microsoft.com/meet/x'),
      /^Error: The address is like .*, but its meeting id is not .*: copy/,
    )
  })
})

describe('what the guide lists', () => {
  const { operations, addresses } = tables()

  test('as operations of the control API is what there is', () => {
    const rows = listed('The control API').filter((line) => line.startsWith('|'))
    assert.deepEqual(rows, operations)
  })

  test('as join addresses is what the parser knows', () => {
    const rows = listed('Join addresses').filter((line) => line.startsWith('|'))
    assert.deepEqual(rows.slice(rows.indexOf(addresses[0] ?? '')), addresses)
    const hosts = TEAMS_HOSTS.map(({ host }) => `\`${host}\``)
    assert.ok(section('Join addresses').includes(`HOST is one of ${hosts.join(', ')}.`), hosts.join(', '))
  })

  test('as forms of later pages is what the table says', () => {
    const forms = FORMS.filter(({ later }) => later).map(({ name }) => name)
    assert.ok(section('What is played, and what is not').includes(`later pages have:\n${forms.join(', ')}.`), forms.join(', '))
  })
})
