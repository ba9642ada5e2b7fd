// Reads docs/vocabulary.md as lists of phrases with their meanings, and compares each list with what is defined and what is used.

import type { Specification } from '../../support/cli/read-features'
import { CAPABILITIES } from '../../support/contract/requirements'
import { PHRASES } from '../../support/suite/vocabulary/phrases'
import { MEANINGS } from '../../support/suite/vocabulary/tables'
import { ASSUMPTION, NEEDED, STAGES } from './feature-rules'

export interface Entry {
  readonly phrase: string
  readonly meaning: string
}

interface List {
  /** Heading of the section that documents it. */
  readonly heading: string
  /** What the code knows. */
  defined(specification: Specification): Iterable<string>
  /** What features use. */
  used(specification: Specification): Iterable<string>
}

const given = (type: string) => (specification: Specification) =>
  specification.scenarios.flatMap(({ steps }) =>
    steps.flatMap((step) => step.given.filter((one) => one.type === type).map(({ words }) => words)),
  )

/** Phrases with an open part, such as a number. The code has a pattern for them, and no list: they are defined by their use. */
const open = (type: string) => {
  const phrases = (specification: Specification) =>
    given(type)(specification).map((words) =>
      words
        .replaceAll(/Calls\.\S+/g, 'PERMISSION')
        .replaceAll(/"[^"]*"/g, '"CODE"')
        .replaceAll(/\b\d+\b/g, 'N')
        .replace(/that the call is \w+/, 'that the call is STATE'),
    )
  return { heading: `{${type}}`, defined: phrases, used: phrases }
}

/** The words of the column "value" in tables of properties; without texts in quotes. */
function values({ scenarios }: Specification): readonly string[] {
  return scenarios.flatMap(({ steps }) =>
    steps.flatMap(({ table }) => {
      const [head, ...rows] = table ?? []
      const at = head?.[0] === 'property' ? head.indexOf('value') : -1
      return at < 0 ? [] : rows.flatMap((cells) => (cells[at]?.startsWith('"') ? [] : [cells[at] ?? '']))
    }),
  )
}

/** Tags that are not the number of something. */
function tags({ scenarios }: Specification): readonly string[] {
  return scenarios.flatMap((scenario) => scenario.tags.filter((tag) => !/^@([A-Z]{2}-|makes-calls:)\d/.test(tag)))
}

function sentences({ scenarios, sentences: all }: Specification): readonly string[] {
  const used = new Set(scenarios.flatMap(({ steps }) => steps.flatMap((step) => step.sentences)))
  return all.filter(({ text }) => used.has(text)).map(({ role, text }) => `${role} ${text}`)
}

export const OPEN = ['registration', 'reception', 'refusal', 'notification', 'ending']

export const LISTS: readonly List[] = [
  { heading: 'Sentences', defined: (all) => all.sentences.map(({ role, text }) => `${role} ${text}`), used: sentences },
  { heading: 'Tables of properties', defined: () => Object.keys(MEANINGS), used: values },
  ...Object.entries(PHRASES).map(([type, phrases]) => ({
    heading: `{${type}}`,
    defined: () => phrases.keys(),
    used: given(type),
  })),
  ...OPEN.map(open),
  { heading: 'Tags', defined: () => [...STAGES, ASSUMPTION, ...CAPABILITIES.map((one) => `@needs:${one}`)], used: tags },
]

/** The entries of a section, those of its subsections included. @throws Error when there is no such section */
export function entriesUnder(heading: string, text: string): readonly Entry[] {
  const lines = text.split('\n')
  const from = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading)
  if (from < 0) throw new Error(`docs/vocabulary.md has no section "${heading}"`)
  const level = lines[from]?.indexOf(' ') ?? 0
  const length = lines.slice(from + 1).findIndex((line) => new RegExp(`^#{1,${level}} `).test(line))
  const section = lines.slice(from + 1, length < 0 ? undefined : from + 1 + length).join('\n')
  return section.split(/\n(?=- )|\n\s*\n/).flatMap(entriesOf)
}

/** One item of a list: phrases in backquotes, a colon, and what they mean. */
function entriesOf(item: string): readonly Entry[] {
  const [, phrases, meaning = ''] = /^\s*- ((?:`[^`]+`,?\s*)+):(.*)$/s.exec(item) ?? []
  if (phrases === undefined) return []
  return [...phrases.matchAll(/`([^`]+)`/g)].map(([, phrase = '']) => ({
    phrase,
    meaning: meaning.replaceAll(/\s+/g, ' ').trim(),
  }))
}

/** What is wrong with the vocabulary: phrases that are undocumented, unknown, repeated, without a meaning, or unused. */
export function complaintsOf(specification: Specification, text: string): readonly string[] {
  return LISTS.flatMap(({ heading, defined, used }) => {
    const entries = entriesUnder(heading, text)
    const documented = entries.map(({ phrase }) => phrase)
    const [known, inUse] = [[...new Set(defined(specification))], new Set(used(specification))]
    const each = (phrases: readonly string[], what: string) => phrases.map((phrase) => `${heading}: "${phrase}" ${what}`)
    return [
      ...each(
        known.filter((phrase) => !documented.includes(phrase)),
        'is not in docs/vocabulary.md: say there what it means',
      ),
      ...each(
        documented.filter((phrase) => !known.includes(phrase)),
        'is in docs/vocabulary.md, but it is not defined',
      ),
      ...each(
        documented.filter((phrase, at) => documented.indexOf(phrase) !== at),
        'is in docs/vocabulary.md more than once',
      ),
      ...each(
        entries.filter(({ meaning }) => meaning.split(' ').length < 3).map(({ phrase }) => phrase),
        'has no meaning in docs/vocabulary.md',
      ),
      ...each(
        known.filter((phrase) => !inUse.has(phrase)),
        'is used by no feature: use it, or take it out',
      ),
    ]
  })
}

/** Compares the capabilities in brackets, of sentences and of phrases, with what their steps need. */
export function wrongNeeds({ sentences: all }: Specification, text: string): readonly string[] {
  const complain = (heading: string, phrase: string, meaning: string, needed = 'nothing') => {
    const documented = /\[`([^`]+)`\]$/.exec(meaning)?.[1] ?? 'nothing'
    return documented === needed ? [] : [`${heading}: "${phrase}" needs ${needed}, docs/vocabulary.md says ${documented}`]
  }
  const sentences = entriesUnder('Sentences', text)
  return [
    ...all.flatMap(({ role, text: sentence }) => {
      const meaning = sentences.find(({ phrase }) => phrase === `${role} ${sentence}`)?.meaning ?? ''
      const needed = NEEDED.find((one) => one.sentence === sentence && one.words === undefined)
      return complain('Sentences', sentence, meaning, needed?.capability)
    }),
    ...LISTS.filter(({ heading }) => heading.startsWith('{')).flatMap(({ heading }) =>
      entriesUnder(heading, text).flatMap(({ phrase, meaning }) => {
        const needed = NEEDED.find(({ sentence, words }) => sentence.includes(heading) && words?.test(phrase))
        return complain(heading, phrase, meaning, needed?.capability)
      }),
    ),
  ]
}
