// What Graph answers, and what becomes of the call.
import { type DataTable, Then } from '@cucumber/cucumber'
import type { ExampleNumber } from '../support/contract/documented'
import {
  answeredAsDocumented,
  answersInJson,
  createsTheCall,
  eachUnderItsOwnId,
  newCallHas,
  newCallHasEveryMember,
  nothingClaimedComesBack,
  refuses,
  refusesSomehow,
  saysHowToAuthenticate,
  saysWhereTheCallIs,
  writesErrorsAsGraph,
} from '../support/suite/answers'
import { callIsGone, callIsThere, noCallIsCreated, unknownCall } from '../support/suite/calls'
import type { CallWorld } from '../support/suite/world'

Then('Graph answers as printed in {example}', function (this: CallWorld, example: ExampleNumber) {
  return this.each((session) => answeredAsDocumented(session, example, true, []))
})

Then(
  'Graph answers as printed in {example}, relying on {errata}',
  function (this: CallWorld, example: ExampleNumber, errata: string[]) {
    return this.each((session) => answeredAsDocumented(session, example, true, errata))
  },
)

Then(
  'Graph answers as derived for {example}, relying on {errata}',
  function (this: CallWorld, example: ExampleNumber, errata: string[]) {
    return this.each((session) => answeredAsDocumented(session, example, false, errata))
  },
)

Then('Graph creates the call', function (this: CallWorld) {
  return this.each(createsTheCall)
})

Then('Graph answers in JSON', function (this: CallWorld) {
  return this.each(answersInJson)
})

Then('Graph says where the call is', function (this: CallWorld) {
  return this.each(saysWhereTheCallIs)
})

Then('the new call has:', function (this: CallWorld, table: DataTable) {
  return this.each((session) => newCallHas(session, table))
})

Then(
  'the new call has every member that is printed in the response of {example}',
  function (this: CallWorld, example: ExampleNumber) {
    return this.each((session) => newCallHasEveryMember(session, session.printedMembers(example)))
  },
)

Then('nothing that was claimed comes back', function (this: CallWorld) {
  return this.each(nothingClaimedComesBack)
})

Then('each call has an id of its own', function (this: CallWorld) {
  return this.each(eachUnderItsOwnId)
})

Then('Graph refuses with {int} {string}', function (this: CallWorld, status: number, code: string) {
  return this.each((session) => refuses(session, status, code))
})

Then('Graph refuses, with a code that is not public', function (this: CallWorld) {
  return this.each(refusesSomehow)
})

Then('Graph says how to authenticate', function (this: CallWorld) {
  return this.each(saysHowToAuthenticate)
})

Then('the refusal is written as Graph writes errors', function (this: CallWorld) {
  return this.each(writesErrorsAsGraph)
})

Then('no call is created', function (this: CallWorld) {
  return this.each(noCallIsCreated)
})

Then('Graph does not know the call', function (this: CallWorld) {
  return this.each(unknownCall)
})

Then('Graph gives the call, {word}', function (this: CallWorld, state: string) {
  return this.each((session) => callIsThere(session, state))
})

Then('Graph gives the other bot its call, {word}', function (this: CallWorld, state: string) {
  return this.each(({ another }) => callIsThere(another, state))
})

Then('the call is gone', function (this: CallWorld) {
  return this.each(callIsGone)
})
