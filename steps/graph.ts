// What Graph answers.
import { Then } from '@cucumber/cucumber'
import type { ExampleNumber } from '../support/contract/documented'
import type { CallWorld } from '../support/scenario/world'

Then('Graph answers as printed in {example}', async function (this: CallWorld, example: ExampleNumber) {
  await this.each((session) => session.assertAnswer(example, true, []))
})

Then(
  'Graph answers as printed in {example}, relying on {errata}',
  async function (this: CallWorld, example: ExampleNumber, errata: string[]) {
    await this.each((session) => session.assertAnswer(example, true, errata))
  },
)

Then(
  'Graph answers as derived for {example}, relying on {errata}',
  async function (this: CallWorld, example: ExampleNumber, errata: string[]) {
    await this.each((session) => session.assertAnswer(example, false, errata))
  },
)

Then('Graph refuses for want of a token', async function (this: CallWorld) {
  await this.each((session) => session.assertRefused({ status: 401, code: 'InvalidAuthenticationToken' }))
})
