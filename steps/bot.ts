// What the bot does.
import { When } from '@cucumber/cucumber'
import type { ExampleNumber } from '../support/contract/documented'
import type { CallWorld } from '../support/scenario/world'

When('the bot sends the request of {example}', async function (this: CallWorld, example: ExampleNumber) {
  await this.each((session) => session.send(example))
})

When('the bot sends the request of {example} without a token', async function (this: CallWorld, example: ExampleNumber) {
  await this.each((session) => session.send(example, null))
})
