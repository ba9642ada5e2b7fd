// The words that vary in sentences: examples, errata, people and meetings.
import { defineParameterType } from '@cucumber/cucumber'

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

/** Key of a meeting in the cast: "the scheduled meeting". */
defineParameterType({ name: 'meeting', regexp: /the (scheduled|channel) meeting/, transformer: String })
