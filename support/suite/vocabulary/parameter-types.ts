// Defines the parameters of sentences: closed lists of phrases, and names and numbers of a certain form.
import { defineParameterType } from '@cucumber/cucumber'
import { PHRASES, RECEPTION, receptionOf } from './phrases'
import { REGISTRATION } from './registrations'

for (const [name, meanings] of Object.entries<ReadonlyMap<string, unknown>>(PHRASES))
  defineParameterType({
    name,
    regexp: new RegExp([...meanings.keys()].map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')),
    transformer: (phrase: string) => meanings.get(phrase),
  })

const PERSON = '[A-Z][a-z]+'
const PARTICIPANT = `(?:${PERSON}|the bot|another bot)`
const numbersIn = (phrase: string) => phrase.match(/\d+/g)?.map(Number) ?? []

/** Number of a documented example: six of the page of 2019, and four forms of later pages. */
defineParameterType({ name: 'example', regexp: /example (10|[1-9])/, transformer: Number })

/** "E-02, E-03 and E-13", or "no erratum". */
defineParameterType({
  name: 'errata',
  regexp: /no erratum|E-\d+(?:(?:, | and )E-\d+)*/,
  transformer: (phrase: string) => phrase.match(/E-\d+/g) ?? [],
})

/** Key of a person in the cast. */
defineParameterType({ name: 'person', regexp: new RegExp(PERSON), transformer: String })

defineParameterType({ name: 'participant', regexp: new RegExp(PARTICIPANT), transformer: String })

/** "another bot, John and the bot". */
defineParameterType({
  name: 'names',
  regexp: new RegExp(`${PARTICIPANT}(?:(?:, | and )${PARTICIPANT})+`),
  transformer: (phrase: string) => phrase.split(/, | and /),
})

defineParameterType({ name: 'registration', regexp: REGISTRATION, transformer: String })

defineParameterType({ name: 'reception', regexp: RECEPTION, transformer: receptionOf })

/** "30 s" or "45 minutes", in milliseconds. */
defineParameterType({
  name: 'duration',
  regexp: /\d+ (?:s|minutes)/,
  transformer: (phrase: string) => Number.parseInt(phrase, 10) * (phrase.endsWith(' s') ? 1000 : 60_000),
})

/** `403 "7504"`: status and code; null where no public source has the code. */
defineParameterType({
  name: 'refusal',
  regexp: /\d{3} "[^"]+"|a code that is not public/,
  transformer: (phrase: string) => {
    const [, status, code] = /^(\d+) "(.+)"$/.exec(phrase) ?? []
    return status === undefined ? null : { status: Number(status), code }
  },
})

/** The codes with which a call ends; null: any. */
defineParameterType({
  name: 'ending',
  regexp: /how it ended|that it ended with \d+ and \d+/,
  transformer: (phrase: string) => {
    const [code, subcode] = numbersIn(phrase)
    return code === undefined ? null : { code, subcode }
  },
})

/** The state of the call in a notification; null for a notification of the roster. */
defineParameterType({
  name: 'notification',
  regexp: /the notification (?:that the call is [a-z]+|of the roster)/,
  transformer: (phrase: string) => /that the call is (.+)$/.exec(phrase)?.[1] ?? null,
})
