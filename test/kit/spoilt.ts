// Steps that go wrong, for the tests of the command; the scenarios are in spoilt.feature.

import assert from 'node:assert/strict'
import { After, Given } from '@cucumber/cucumber'
import { currentRun } from '../../support/suite/current-run'

Given('two readings', () => {})
Given(/two (.*)/, (_: string) => {})
Given('something to come', () => 'pending')
Given('something in order', () => {})
Given('a step that skips', () => 'skipped')
Given('a bug', () => {
  ;(undefined as unknown as { member: string }).member.trim()
})
Given('an assertion that fails', () => {
  assert.equal('came', 'documented')
})
Given('a long wait', async () => {
  const { interruption, print } = currentRun()
  await new Promise((_, reject) => {
    const timer = setTimeout(reject, 60_000)
    interruption.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(interruption.reason)
    })
    print('waiting\n')
  })
})
After({ tags: '@failing-hook', name: 'Tidy up' }, () => {
  throw new Error('nothing to tidy')
})
