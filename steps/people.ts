// What the people in the call do: said before they do it, so that a target can arrange it; or done, as the one event of a scenario.
import { Given, When } from '@cucumber/cucumber'
import { idOf } from '../support/suite/calls'
import type { MeetingDeed } from '../support/suite/session'
import type { CallWorld } from '../support/suite/world'

Given('{person} answers when called', function (this: CallWorld, person: string) {
  return this.each((session) => session.target.people.whenCalled(session.person(person), 'answers'))
})

Given('{person} declines when called', function (this: CallWorld, person: string) {
  return this.each((session) => session.target.people.whenCalled(session.person(person), 'declines'))
})

Given('{person} does not answer when called', function (this: CallWorld, person: string) {
  return this.each((session) => session.target.people.whenCalled(session.person(person), 'silent'))
})

Given('{person} is in {meeting}', function (this: CallWorld, person: string, meeting: string) {
  return this.each((session) => session.target.people.inMeeting(session.meeting(meeting), 'join', session.person(person)))
})

Given('{person} is in {meeting}, unmuted', function (this: CallWorld, person: string, meeting: string) {
  return this.each(async (session) => {
    await session.target.people.inMeeting(session.meeting(meeting), 'join', session.person(person))
    await session.target.people.inMeeting(session.meeting(meeting), 'unmute', session.person(person))
  })
})

Given('{person} admits guests from the lobby of {meeting}', function (this: CallWorld, person: string, meeting: string) {
  return this.each((session) => session.target.people.whenAGuestWaits(session.meeting(meeting), 'admits', session.person(person)))
})

Given('{person} refuses guests from the lobby of {meeting}', function (this: CallWorld, person: string, meeting: string) {
  return this.each((session) =>
    session.target.people.whenAGuestWaits(session.meeting(meeting), 'refuses', session.person(person)),
  )
})

Given('nobody looks into the lobby of {meeting}', function (this: CallWorld, meeting: string) {
  return this.each((session) => session.target.people.whenAGuestWaits(session.meeting(meeting), 'leaves-in-lobby', null))
})

When('{person} hangs up', function (this: CallWorld, person: string) {
  return this.each((session) => session.target.people.hangsUp(session.person(person), idOf(session, session.call)))
})

When('{person} {deed} {meeting}', function (this: CallWorld, person: string, deed: MeetingDeed, meeting: string) {
  return this.each((session) => session.target.people.inMeeting(session.meeting(meeting), deed, session.person(person)))
})

When('{person} removes the bot from {meeting}', function (this: CallWorld, person: string, meeting: string) {
  return this.each((session) =>
    session.target.people.removes(session.meeting(meeting), session.person(person), idOf(session, session.call)),
  )
})
