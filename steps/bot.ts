// What the bot is, and what it does.
import { Given, When } from '@cucumber/cucumber'
import type { ExampleNumber } from '../support/contract/documented'
import { askForTheOthersCall, hangUp, hangUpOnTheOther } from '../support/suite/calls'
import { anotherHasJoined, hasJoined, inACall, join, joinAsGuest, waitsInTheLobby } from '../support/suite/preconditions'
import { joinFrom } from '../support/suite/vocabulary/coordinates'
import { beGranted, beUnregistered } from '../support/suite/vocabulary/permissions'
import { CHANGES, callingAlso } from '../support/suite/vocabulary/request-changes'
import { authorizationOf } from '../support/suite/vocabulary/tokens'
import type { CallWorld } from '../support/suite/world'

Given('the bot is granted {granted}', function (this: CallWorld, granted: string) {
  return this.each((session) => beGranted(session, granted))
})

Given('the bot is not registered for calling', function (this: CallWorld) {
  return this.each(beUnregistered)
})

Given('the bot answers notifications with {int}', function (this: CallWorld, status: number) {
  return this.each(({ bot }) => {
    bot.callback.answers = status
  })
})

Given('the bot answers notifications after {int} s', function (this: CallWorld, seconds: number) {
  return this.each(({ target, setting }) => target.trouble(setting.callbackUri, { kind: 'late', ms: seconds * 1000 }))
})

Given('the bot never answers notifications', function (this: CallWorld) {
  return this.each(({ target, setting }) => target.trouble(setting.callbackUri, { kind: 'silent' }))
})

Given('the bot cannot be reached', function (this: CallWorld) {
  return this.each(({ target, setting }) => target.trouble(setting.callbackUri, { kind: 'unreachable' }))
})

Given('the bot is in a call with {person}', function (this: CallWorld, person: string) {
  return this.each((session) => inACall(session, person))
})

Given('the bot is in {meeting}', function (this: CallWorld, meeting: string) {
  return this.each((session) => hasJoined(session, meeting))
})

Given('the bot waits in the lobby of {meeting}', function (this: CallWorld, meeting: string) {
  return this.each((session) => waitsInTheLobby(session, meeting))
})

Given('another bot is in {meeting}', function (this: CallWorld, meeting: string) {
  return this.each((session) => anotherHasJoined(session, meeting))
})

When('the bot sends the request of {example}', function (this: CallWorld, example: ExampleNumber) {
  return this.each((session) => session.send(example))
})

When('the bot sends the request of {example} {change}', function (this: CallWorld, example: ExampleNumber, change: string) {
  return this.each((session) =>
    session.send(example, { change: CHANGES.get(change) as NonNullable<ReturnType<typeof CHANGES.get>> }),
  )
})

When('the bot sends the request of {example} {token}', function (this: CallWorld, example: ExampleNumber, token: string) {
  return this.each(async (session) => session.send(example, { authorization: await authorizationOf(session, token) }))
})

When('the bot sends the request of {example} twice', function (this: CallWorld, example: ExampleNumber) {
  return this.each(async (session) => {
    await session.send(example)
    await session.send(example)
  })
})

When('the bot calls {person} and {person} at once', function (this: CallWorld, first: string, second: string) {
  return this.each((session) => {
    session.person(first)
    return session.send(1, { change: callingAlso(session.person(second)) })
  })
})

When('the bot joins {meeting}', function (this: CallWorld, meeting: string) {
  return this.each((session) => join(session, meeting))
})

When('the bot joins {meeting} as a guest', function (this: CallWorld, meeting: string) {
  return this.each((session) => joinAsGuest(session, meeting))
})

When('the bot joins {meeting} with the coordinates of {source}', function (this: CallWorld, meeting: string, source: string) {
  return this.each((session) => joinFrom(session, meeting, source))
})

When('the bot asks for the call of the other bot', function (this: CallWorld) {
  return this.each(askForTheOthersCall)
})

When('the bot hangs up on the other bot', function (this: CallWorld) {
  return this.each(hangUpOnTheOther)
})

When('the bot hangs up', function (this: CallWorld) {
  return this.each(hangUp)
})
