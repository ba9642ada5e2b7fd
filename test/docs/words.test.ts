// Plain English: words and turns that this project does not use, in code, tests, features, fixtures and documents.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'mocha'
import { PROJECT_ROOT, withSlashes } from '../../support/contract/fixture'

/** Each with the words to write instead. */
const AVOIDED: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\b(whoever|whomever|whom|whatever|whosoever)\b/i, 'name the person or thing'],
  [/\b(thereof|whereof|therein|whereby)\b/i, 'repeat the noun'],
  [/\b(nobody|somebody)\b/i, 'name the actor, or use the passive of a precise verb'],
  [/\btold\b|\btells?\b|\btelling\b/i, 'describe, report, notify, say, print, distinguish'],
  [/\bbesides\b/i, 'also, in addition, unexpected'],
  [/\bof which\b/i, 'two sentences, or "whose"'],
  [/\bin vain\b/i, 'without success'],
  [/\bmend(s|ed|ing)?\b/i, 'fix, correct'],
  [/\bcomes? to nothing\b/i, 'fails, ends'],
  [/\bthere (is|are) none of\b|\bis none\b/i, 'unknown, missing, invalid'],
  [/\b(is|are|was|were) had\b/i, 'received'],
  [/\bas far as (it|that|they) (tells?|is|are|goes?)\b/i, 'if known'],
  [/\bby the book\b|\bthe book\b/i, 'as documented'],
  [/\bin the midst\b/i, 'during'],
]

const FOLDERS = ['docs', 'examples', 'features', 'fixtures', 'steps', 'support', 'test']
const PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'reports/README.md']

/** What is not ours, and this list itself. */
const EXEMPT = /^(fixtures\/[\w-]+\/.*\.(json|txt)|test\/docs\/words\.test\.ts)$/

function ownFiles(): readonly string[] {
  const inFolders = FOLDERS.flatMap((folder) =>
    readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => withSlashes(join(folder, name))),
  )
  return [...PAGES, ...inFolders].filter((file) => /\.(ts|js|mjs|py|md|yaml|feature|json)$/.test(file) && !EXEMPT.test(file))
}

function avoidedIn(text: string): readonly string[] {
  return text.split('\n').flatMap((line, at) =>
    AVOIDED.flatMap(([pattern, instead]) => {
      const found = pattern.exec(line)?.[0]
      return found === undefined ? [] : [`${at + 1}: "${found}": write ${instead}`]
    }),
  )
}

describe('plain English', () => {
  test('the list finds its words, and lets others pass', () => {
    assert.equal(avoidedIn('Of whoever is told\nand whatever came besides, in vain').length, 5)
    assert.deepEqual(avoidedIn('The retold tale of a storyteller beside the bookend'), [])
  })

  test('every file is written without them', () => {
    const files = ownFiles()
    assert.ok(files.length > 300, `${files.length} files`)
    const places = files.flatMap((file) =>
      avoidedIn(readFileSync(join(PROJECT_ROOT, file), 'utf8')).map((place) => `${file}:${place}`),
    )
    assert.equal(places.join('\n'), '')
  })
})
