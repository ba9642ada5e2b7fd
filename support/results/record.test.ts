// What goes into the record of a run: no path and no name of the machine, texts as they may be shown, and what belongs to the project as it is.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { AttachmentContentEncoding, type Envelope, TestStepResultStatus } from '@cucumber/messages'
import { describe, test } from 'mocha'
import { describeUnless, NEEDS_SLASHES } from '../../test/kit/unless'
import { PROJECT_ROOT, withSlashes } from '../contract/fixture'
import { redacted } from './record'
import { withoutMachinePaths, withoutWindowsPaths } from './redaction/machine-paths'

const show = (text: string) => text.replaceAll('canary', '[it]')
const duration = { seconds: 0, nanos: 0 }
const timestamp = duration

describeUnless(NEEDS_SLASHES, 'a path', () => {
  const packages = join(PROJECT_ROOT, 'node_modules')
  const elsewhere = [process.execPath, '/proc/self/status', '/etc/hosts'].find((file) => existsSync(file)) as string
  const PATHS: readonly (readonly [what: string, text: string, expected: string])[] = [
    ['into the project', `at fn (${PROJECT_ROOT}/support/cli/report.ts:1:2)`, 'at fn (support/cli/report.ts:1:2)'],
    ['into the project, as an address', `at file://${PROJECT_ROOT}/test/a.ts:1:2`, 'at test/a.ts:1:2'],
    ['of the project', `in ${PROJECT_ROOT}, or ${PROJECT_ROOT}/`, 'in ., or .'],
    ['into its packages', `at ${packages}/undici/index.js:7`, 'at node_modules/undici/index.js:7'],
    ['into packages elsewhere', 'at /somewhere/else/node_modules/undici/index.js:7', 'at node_modules/undici/index.js:7'],
    ['of a file on this machine', `${elsewhere} cannot be read`, `‹…›/${elsewhere.split('/').at(-1)} cannot be read`],
    [
      'of one that is not there, in a folder that is',
      `${elsewhere.replace(/[^/]+$/, 'none.pem')}: ENOENT`,
      '‹…›/none.pem: ENOENT',
    ],
    [
      'of a resource',
      'Location /app/calls/7/participants, not /beta/app/calls/7',
      'Location /app/calls/7/participants, not /beta/app/calls/7',
    ],
    ['inside an address', `https://a.test${PROJECT_ROOT}/support/x`, `https://a.test${PROJECT_ROOT}/support/x`],
  ]
  for (const [what, text, expected] of PATHS) {
    // A folder right below the root says nothing of a file that is not there.
    if (what.includes('not there') && elsewhere.split('/').length < 4) continue
    test(what, () => assert.equal(withoutMachinePaths(text), expected))
  }

  test('below the home of the user', () => {
    const home = homedir()
    assert.equal(withoutMachinePaths(`${home}/a/b.txt`), home.length > 1 ? '~/a/b.txt' : '/a/b.txt')
  })

  test('of a project whose folder has the name of a resource stays a resource', () => {
    assert.equal(withoutMachinePaths('/app/calls/7', '/'), '/app/calls/7')
  })
})

describe('a path on Windows', () => {
  const PATHS: readonly (readonly [text: string, expected: string])[] = [
    ['at fn (D:\\builds\\suite\\support\\cli\\report.ts:1:2)', 'at fn (support/cli/report.ts:1:2)'],
    ['at file:///d:/builds/suite/test/a.ts:1:2', 'at test/a.ts:1:2'],
    ['in D:\\builds\\suite, or D:\\builds\\suite\\', 'in ., or .'],
    ['at D:\\builds\\suite\\node_modules\\undici\\index.js:7', 'at node_modules/undici/index.js:7'],
    ["open 'C:\\Users\\Ann Lee\\keys\\a.pem'", "open '~/keys/a.pem'"],
    ['C:\\ProgramData\\secret folder\\ca.pem: ENOENT', '‹…›/ca.pem: ENOENT'],
    ['C:\\a\\b.txt or support/x', '‹…›/b.txt or support/x'],
    ['Location /app/calls/7, https://a.test/b', 'Location /app/calls/7, https://a.test/b'],
  ]
  for (const [text, expected] of PATHS)
    test(text, () => assert.equal(withoutWindowsPaths(text, 'D:\\builds\\suite', 'C:\\Users\\Ann Lee'), expected))

  test('is printed with forward slashes', () => {
    assert.equal(withSlashes('features\\people\\a.feature', '\\'), 'features/people/a.feature')
  })
})

describe('a message', () => {
  test('says what ran, and nothing of the machine and its environment', () => {
    const { ci, ...known } = {
      ...{
        protocolVersion: '1',
        implementation: { name: 'cucumber-js', version: '12' },
        runtime: { name: 'node.js', version: '20' },
      },
      ...{ os: { name: 'linux', version: '6.1-of-my-host' }, cpu: { name: 'x64' } },
      ci: {
        name: 'A',
        url: 'https://ci.test',
        buildNumber: '1',
        git: { remote: 'https://me:canary@git.test', revision: 'r', branch: 'b' },
      },
    }
    const meta = { ...known, ci }
    assert.deepEqual(redacted({ meta }, show), {
      meta: { ...known, os: { name: 'linux' } },
    })
  })

  test('of a failure is redacted wherever it has a text, and keeps what messages find each other by', () => {
    const testStepResult = {
      ...{ status: TestStepResultStatus.FAILED, duration, message: 'a canary' },
      exception: { type: 'NonConformance', message: 'canary', stackTrace: 'at canary' },
    }
    const written = redacted(
      { testStepFinished: { testCaseStartedId: 'canary-1', testStepId: 'canary-2', timestamp, testStepResult } },
      show,
    )
    assert.deepEqual(written.testStepFinished, {
      ...{ testCaseStartedId: 'canary-1', testStepId: 'canary-2', timestamp },
      testStepResult: {
        ...testStepResult,
        message: 'a [it]',
        exception: { type: 'NonConformance', message: '[it]', stackTrace: 'at [it]' },
      },
    })
    const ended = redacted({ testRunFinished: { success: false, timestamp, message: 'canary' } }, show)
    assert.equal(ended.testRunFinished?.message, '[it]')
    const hook = { testRunHookStartedId: 'canary', timestamp, result: { ...testStepResult } }
    assert.equal(redacted({ testRunHookFinished: hook }, show).testRunHookFinished?.result.message, 'a [it]')
  })

  test('from the features stays as it is, but for paths', () => {
    const source: Envelope = {
      source: { uri: 'features/a.feature', data: 'Scenario: canary', mediaType: 'text/x.cucumber.gherkin+plain' as never },
    }
    assert.deepEqual(redacted(source, show), source)
    const hook = { id: '1', sourceReference: { uri: `${PROJECT_ROOT}/support/suite/hooks.ts` } }
    assert.equal(redacted({ hook }, show).hook?.sourceReference.uri, 'support/suite/hooks.ts')
  })

  test('of an unknown kind is redacted', () => {
    assert.deepEqual(redacted({ another: { text: ['canary'] } } as Envelope, show), { another: { text: ['[it]'] } })
  })

  const { IDENTITY, BASE64 } = AttachmentContentEncoding
  const attached = (body: string, contentEncoding: AttachmentContentEncoding, mediaType: string) =>
    redacted({ attachment: { body, contentEncoding, mediaType, fileName: 'canary', testStepId: 'canary' } }, show).attachment

  test('with an attachment has its text redacted, encoded or not', () => {
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    assert.equal(attached('a canary', IDENTITY, 'text/plain')?.body, 'a [it]')
    assert.equal(attached(base64('a canary'), BASE64, 'image/svg+xml')?.body, base64('a [it]'))
    const { fileName, testStepId } = attached('', IDENTITY, 'text/plain') ?? {}
    assert.deepEqual([fileName, testStepId], ['[it]', 'canary'])
  })

  test('with JSON attached stays JSON, with its ids redacted too', () => {
    const quoted = (text: string) =>
      redacted({ attachment: { body: text, contentEncoding: IDENTITY, mediaType: 'application/json' } }, (one) =>
        one.replace(/\\?"?canary"?/g, 'it'),
      )
    assert.equal(quoted('{"id":"say \\"canary\\"","n":[1,null]}').attachment?.body, '{"id":"say it","n":[1,null]}')
    assert.equal(quoted('{ "as": "it was" }').attachment?.body, '{ "as": "it was" }')
    assert.equal(quoted('{"torn": canary').attachment?.body, '{"torn": it')
  })

  test('with bytes attached that are no text does not show them', () => {
    const bytes = attached(Buffer.from([0xff, 0xfe, 1]).toString('base64'), BASE64, 'image/png')
    assert.deepEqual([bytes?.body, bytes?.mediaType, bytes?.contentEncoding], ['‹3 bytes, not shown›', 'text/plain', IDENTITY])
  })
})
