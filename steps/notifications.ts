// What the bot is notified of.
import { type DataTable, Then } from '@cucumber/cucumber'
import type { ExampleNumber } from '../support/contract/documented'
import { rowsOf } from '../support/scenario/rows'
import type { CallWorld } from '../support/scenario/world'

Then(
  'the bot is notified as documented in {example}:',
  async function (this: CallWorld, example: ExampleNumber, table: DataTable) {
    await this.each((session) => session.assertNotified(example, rowsOf(table), []))
  },
)

Then(
  'the bot is notified as documented in {example}, relying on {errata}:',
  async function (this: CallWorld, example: ExampleNumber, errata: string[], table: DataTable) {
    await this.each((session) => session.assertNotified(example, rowsOf(table), errata))
  },
)

Then(
  'the bot is first notified as documented in {example}, relying on {errata}:',
  async function (this: CallWorld, example: ExampleNumber, errata: string[], table: DataTable) {
    await this.each((session) => session.assertFirstNotified(example, rowsOf(table), errata))
  },
)

Then('nothing is notified', async function (this: CallWorld) {
  await this.each((session) => session.assertNothingNotified())
})

Then('of nothing else', async function (this: CallWorld) {
  await this.each((session) => session.assertNothingElse())
})
