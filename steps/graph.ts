// What Graph answers, and what becomes of the call.
import { Then } from '@cucumber/cucumber'
import {
  answeredAsDocumented,
  answersInJson,
  callIsGone,
  callIsThere,
  completesTheOperation,
  createsTheCall,
  eachUnderItsOwnId,
  newCallHas,
  newCallHasEveryMember,
  noCallIsCreated,
  nothingClaimedComesBack,
  refuses,
  unknownCall,
  writesErrorsAsGraph,
} from '../support/suite/answers'
import type { AskedCall, Session } from '../support/suite/session'
import { eachSession } from '../support/suite/world'

Then('Graph answers {documentation} {example}, relying on {errata}', eachSession(answeredAsDocumented))
Then('Graph creates the call', eachSession(createsTheCall))
Then('Graph answers in JSON', eachSession(answersInJson))
Then(
  'Graph says {information}',
  eachSession((session, says: (session: Session) => void) => says(session)),
)
Then('the new call has:', eachSession(newCallHas))
Then('the new call has every member that is printed in the response of {example}', eachSession(newCallHasEveryMember))
Then('nothing that was claimed comes back', eachSession(nothingClaimedComesBack))
Then('each call has an id of its own', eachSession(eachUnderItsOwnId))
Then('Graph refuses with {refusal}', eachSession(refuses))
Then('the refusal is written as Graph writes errors', eachSession(writesErrorsAsGraph))
Then('no call is created', eachSession(noCallIsCreated))
Then('Graph does not know the call', eachSession(unknownCall))
Then(
  'Graph gives {bot} {madeCall}, {word}',
  eachSession((session, bot: (session: Session) => Session, which: (session: Session) => AskedCall, state: string) =>
    callIsThere(bot(session), state, which),
  ),
)
Then('Graph completes the operation', eachSession(completesTheOperation))
Then('the call is gone', eachSession(callIsGone))
