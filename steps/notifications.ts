// What the bot is notified of.
import { type DataTable, Then } from '@cucumber/cucumber'
import type { ExampleNumber } from '../support/contract/documented'
import {
  callNotificationHas,
  everyPostIsInOrder,
  otherBotSees,
  participantHas,
  rosterNotificationHas,
  saysHowItEnded,
} from '../support/suite/notification-contents'
import {
  comesToNothing,
  eachNotified,
  firstNotifiedAsDocumented,
  nothingElse,
  nothingNotified,
  notified,
  notifiedAsDocumented,
} from '../support/suite/notification-sequences'
import { rowsOf } from '../support/suite/vocabulary/notification-table'
import type { CallWorld } from '../support/suite/world'

Then('the bot is notified as documented in {example}:', function (this: CallWorld, example: ExampleNumber, table: DataTable) {
  return this.each((session) => notifiedAsDocumented(session, example, rowsOf(table), []))
})

Then(
  'the bot is notified as documented in {example}, relying on {errata}:',
  function (this: CallWorld, example: ExampleNumber, errata: string[], table: DataTable) {
    return this.each((session) => notifiedAsDocumented(session, example, rowsOf(table), errata))
  },
)

Then(
  'the bot is first notified as documented in {example}, relying on {errata}:',
  function (this: CallWorld, example: ExampleNumber, errata: string[], table: DataTable) {
    return this.each((session) => firstNotifiedAsDocumented(session, example, rowsOf(table), errata))
  },
)

Then('the bot is notified:', function (this: CallWorld, table: DataTable) {
  return this.each((session) => notified(session, rowsOf(table)))
})

Then('the bot is notified within {int} minutes:', function (this: CallWorld, minutes: number, table: DataTable) {
  return this.each((session) => notified(session, rowsOf(table), minutes * 60_000))
})

Then('the bot is notified within {int} s:', function (this: CallWorld, seconds: number, table: DataTable) {
  return this.each((session) => notified(session, rowsOf(table), seconds * 1000))
})

Then('each call is notified:', function (this: CallWorld, table: DataTable) {
  return this.each((session) => eachNotified(session, rowsOf(table)))
})

Then('the join comes to nothing', function (this: CallWorld) {
  return this.each(comesToNothing)
})

Then('the notification that the call is {word} has:', function (this: CallWorld, state: string, table: DataTable) {
  return this.each((session) => callNotificationHas(session, state, table))
})

Then('the notification of the roster has:', function (this: CallWorld, table: DataTable) {
  return this.each((session) => rosterNotificationHas(session, table))
})

Then('the roster shows {participant} with:', function (this: CallWorld, participant: string, table: DataTable) {
  return this.each((session) => participantHas(session, participant, table))
})

Then('the call says how it ended', function (this: CallWorld) {
  return this.each((session) => saysHowItEnded(session))
})

Then('the call says that it ended with {int} and {int}', function (this: CallWorld, code: number, subcode: number) {
  return this.each((session) => saysHowItEnded(session, { code, subcode }))
})

Then('every notification to the other bot is in order', function (this: CallWorld) {
  return this.each(({ another }) => everyPostIsInOrder(another))
})

Then('every notification is in order', function (this: CallWorld) {
  return this.each(everyPostIsInOrder)
})

Then('the other bot sees {names}', function (this: CallWorld, names: string[]) {
  return this.each((session) => otherBotSees(session, names))
})

Then('the other bot sees {names} within {int} s', function (this: CallWorld, names: string[], seconds: number) {
  return this.each((session) => otherBotSees(session, names, seconds * 1000))
})

Then('nothing is notified', function (this: CallWorld) {
  return this.each(nothingNotified)
})

Then('of nothing else', function (this: CallWorld) {
  return this.each(nothingElse)
})
