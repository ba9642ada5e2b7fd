// What the bot and the people are and do. A Given about people comes before their deeds, so that a target can arrange them.
import { Given, When } from '@cucumber/cucumber'
import type { JsonObject } from '../support/contract/json'
import { requestCall, requestOperation } from '../support/suite/answers'
import type { Session } from '../support/suite/session'
import {
  actInMeeting,
  bePresent,
  endCall,
  join,
  leaveGuests,
  reactWhenCalled,
  treatGuests,
} from '../support/suite/vocabulary/meetings'
import { receive } from '../support/suite/vocabulary/phrases'
import { register } from '../support/suite/vocabulary/registrations'
import { calling, sendVaried } from '../support/suite/vocabulary/requests'
import { eachSession } from '../support/suite/world'

Given('the bot is {registration}', eachSession(register))

Given('the bot {reception}', eachSession(receive))

Given(
  'the bot {contact} {person}',
  eachSession((session: Session, reach: (session: Session, person: string) => Promise<void>, person: string) =>
    reach(session, person),
  ),
)

Given('{participant} is {presence} {meeting}', eachSession(bePresent))

Given('{person} {reaction} when called', eachSession(reactWhenCalled))

Given('{person} {admission} guests from the lobby of {meeting}', eachSession(treatGuests))

Given('guests stay in the lobby of {meeting}', eachSession(leaveGuests))

When(
  'the bot sends the request of {example}',
  eachSession((session, example: number) => session.send(example)),
)

When('the bot sends the request of {example} {variation}', eachSession(sendVaried))

When(
  'the bot calls {names} {together}',
  eachSession((session, names: readonly string[], media: JsonObject) => {
    const people = names.map((name) => session.person(name))
    return session.send(1, { change: calling(people, media) })
  }),
)

When(
  'the bot joins {meeting}',
  eachSession((session, meeting: string) => join(session, meeting)),
)

When(
  'the bot joins {meeting} {manner}',
  eachSession((session, meeting: string, joinSo: (session: Session, key: string) => Promise<void>) => joinSo(session, meeting)),
)

When('the bot {attempt} {ownCall}', eachSession(requestCall))

When('the bot {operation}', eachSession(requestOperation))

When('{participant} hangs up', eachSession(endCall))

When('{person} {deed} {meeting}', eachSession(actInMeeting))
