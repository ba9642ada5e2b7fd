// What a text of the record or the fixtures becomes on the page.
import assert from 'node:assert/strict'
import { test } from 'mocha'
import { linked } from './markup'

test('numbers that the page has are links, what stands between backticks is code, and everything is escaped', () => {
  assert.equal(
    linked('CC-30 and <E-99>: `resource & CC-30` of D-05', new Set(['CC-30', 'D-05'])).text,
    '<a href="#CC-30">CC-30</a> and &lt;E-99&gt;: <code>resource &amp; CC-30</code> of <a href="#D-05">D-05</a>',
  )
})
