// What the bot does.
import { When } from '@cucumber/cucumber'
import type { ExampleNumber } from '../support/contract/documented'
import type { CallWorld } from '../support/run/world'

When('the bot sends the request of {example}', async function (this: CallWorld, example: ExampleNumber) {
  await this.each((session) => session.send(example))
})
