// What the bots are notified of.
import { type DataTable, Then } from '@cucumber/cucumber'
import {
  eachNotified,
  everyPostIsInOrder,
  joinFails,
  nothingElseNotified,
  nothingNotified,
  notificationHas,
  notified,
  notifiedAsDocumented,
  otherBotSees,
  participantHas,
  saysHowItEnded,
} from '../support/suite/notifications'
import type { Session } from '../support/suite/session'
import { rowsOf } from '../support/suite/vocabulary/tables'
import { eachSession } from '../support/suite/world'

Then(
  'the bot is {extent} as documented in {example}, relying on {errata}:',
  eachSession((session, extent: 'all' | 'first', example: number, errata: readonly string[], table: DataTable) =>
    notifiedAsDocumented(session, extent, example, errata, rowsOf(table)),
  ),
)
Then(
  'the bot is notified:',
  eachSession((session, table: DataTable) => notified(session, rowsOf(table))),
)
Then(
  'the bot is notified within {duration}:',
  eachSession((session, withinMs: number, table: DataTable) => notified(session, rowsOf(table), withinMs)),
)
Then(
  'the bot is notified of each call:',
  eachSession((session, table: DataTable) => eachNotified(session, rowsOf(table))),
)
Then('the join fails', eachSession(joinFails))
Then('{notification} has:', eachSession(notificationHas))
Then('the roster shows {participant} with:', eachSession(participantHas))
Then('the call says {ending}', eachSession(saysHowItEnded))
Then(
  'every notification to {bot} is in order',
  eachSession((session, bot: (session: Session) => Session) => everyPostIsInOrder(bot(session))),
)
Then(
  'the other bot sees {names}',
  eachSession((session, names: readonly string[]) => otherBotSees(session, names)),
)
Then(
  'the other bot sees {names} within {duration}',
  eachSession((session, names: readonly string[], withinMs: number) => otherBotSees(session, names, withinMs)),
)
Then('nothing is notified', eachSession(nothingNotified))
Then('nothing else is notified', eachSession(nothingElseNotified))
Then(
  'all messages of the call {agreement}',
  eachSession((session, agree: (session: Session) => Promise<void>) => agree(session)),
)
