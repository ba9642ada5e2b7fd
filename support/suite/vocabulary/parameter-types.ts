// The words that vary in sentences: examples, errata, people, meetings, registrations, and what is wrong with a request or a token.
import { defineParameterType } from '@cucumber/cucumber'
import { SOURCES } from './coordinates'
import { DEEDS, MEETINGS } from './meetings'
import { GRANTED } from './permissions'
import { CHANGES } from './request-changes'
import { TOKENS } from './tokens'

const anyOf = (phrases: Iterable<string>) =>
  new RegExp([...phrases].map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'))

/** Number of one of the six documented examples. */
defineParameterType({ name: 'example', regexp: /example ([1-6])/, transformer: Number })

/** Numbers of errata: "E-02, E-03 and E-13". */
defineParameterType({
  name: 'errata',
  regexp: /E-\d+(?:(?:, | and )E-\d+)*/,
  transformer: (text: string) => text.match(/E-\d+/g),
})

/** Key of a person in the cast. */
defineParameterType({ name: 'person', regexp: /[A-Z][a-z]+/, transformer: String })

/** Key of a meeting in the cast: "the scheduled meeting", "the open channel meeting". */
defineParameterType({ name: 'meeting', regexp: anyOf(MEETINGS.keys()), transformer: (phrase: string) => MEETINGS.get(phrase) })

/** Permissions that a registration is granted: "no permission", "only X and Y", "every permission but X". */
defineParameterType({ name: 'granted', regexp: GRANTED, transformer: String })

/** What is changed about a documented request. */
defineParameterType({ name: 'change', regexp: anyOf(CHANGES.keys()), transformer: String })

/** What the bot shows in place of its own token. */
defineParameterType({ name: 'token', regexp: anyOf(TOKENS.keys()), transformer: String })

/** Where the coordinates of a meeting come from. */
defineParameterType({ name: 'source', regexp: anyOf(Object.keys(SOURCES)), transformer: String })

/** What somebody does in a meeting. */
defineParameterType({ name: 'deed', regexp: anyOf(DEEDS.keys()), transformer: (phrase: string) => DEEDS.get(phrase) })

/** Somebody on a roster: a person, the bot, or another bot. */
defineParameterType({ name: 'participant', regexp: /[A-Z][a-z]+|the bot|another bot/, transformer: String })

/** Several of them: "another bot, John and the bot". */
defineParameterType({
  name: 'names',
  regexp: /(?:[A-Z][a-z]+|the bot|another bot)(?:(?:, | and )(?:[A-Z][a-z]+|the bot|another bot))+/,
  transformer: (text: string) => text.split(/, | and /),
})
