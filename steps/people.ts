// What the people in the call do: said before they do it, so that a target can arrange it.
import { Given } from '@cucumber/cucumber'
import type { CallWorld } from '../support/scenario/world'

Given('{person} answers when called', async function (this: CallWorld, person: string) {
  await this.each((session) => this.target.people.answersWhenCalled(session.person(person)))
})

Given('{person} is in {meeting}', async function (this: CallWorld, person: string, meeting: string) {
  await this.each((session) => this.target.people.joins(session.meeting(meeting), session.person(person)))
})

Given('{person} admits guests from the lobby of {meeting}', async function (this: CallWorld, person: string, meeting: string) {
  await this.each((session) => this.target.people.admitsGuests(session.meeting(meeting), session.person(person)))
})
