// Deviations in the roster of a meeting: who is on it, and when it comes.
import type { Json, JsonObject } from '../../contract/json'
import type { Deviation, Wrap } from '../../simulator/wrapping'
import { breaks, NOBODY, objectAt } from '../wrap/breaks'
import { changeOf, isRoster, posted, roster, withChange, withRoster } from '../wrap/posting'
import { afterAnother, identity, isBot, lacking, of, participants } from '../wrap/seeing'

const rosters = (rewrite: (change: JsonObject) => Readonly<Record<string, Json | undefined>>): Wrap =>
  posted(isRoster, (notification) => withChange(notification, rewrite(changeOf(notification))))

const SEES = /roster updated, John and the bot" is missing/

export const ROSTERS: readonly Deviation[] = [
  breaks(
    'CC-45',
    'roster-missing',
    'A meeting has no roster.',
    SEES,
    posted(isRoster, () => null),
  ),
  breaks(
    'CC-45',
    'roster-once',
    'The roster comes once, and does not follow who comes and goes.',
    /roster updated.* is missing/,
    afterAnother(() => null),
  ),
  breaks(
    'CC-45',
    'roster-of-news',
    'A roster has only those who were not on the one before.',
    /roster updated.* is missing/,
    afterAnother((notification, before) =>
      withRoster(notification, (all) => all.filter(({ id }) => !of(before).some((one) => one.id === id))),
    ),
  ),
  breaks(
    'CC-45',
    'leavers-stay',
    'Who has left stays on the roster.',
    /roster updated.* is missing/,
    afterAnother((notification, before) =>
      withRoster(notification, (all) => [...all, ...of(before).filter(({ id }) => !all.some((one) => one.id === id))]),
    ),
  ),
  breaks(
    'CC-45',
    'everybody-twice',
    'Everybody is on the roster twice.',
    /roster updated.* is missing|unexpected notification: .*roster updated/,
    roster((all) => [...all, ...all]),
  ),
  breaks(
    'CC-45',
    'strangers-on-the-roster',
    'Somebody is on the roster who is not in the meeting.',
    /unexpected notification: .*and user 0{8}\S+/,
    roster((all) => [
      ...all,
      ...all.slice(0, 1).map((one) => ({
        ...one,
        id: NOBODY,
        info: {
          ...objectAt(one, 'info'),
          identity: {
            '@odata.type': '#microsoft.graph.identitySet',
            user: { '@odata.type': '#microsoft.graph.identity', id: NOBODY, displayName: 'Mallory' },
          },
        },
      })),
    ]),
  ),
  breaks(
    'CC-46',
    'roster-of-the-call',
    'The resource of a roster is that of the call.',
    /roster is missing/,
    rosters(({ resource }) => ({ resource: String(resource).replace('/participants', '') })),
  ),
  breaks(
    'CC-46',
    'roster-under-another-path',
    'The resource of a roster ends in /roster.',
    /roster is missing/,
    rosters(({ resource }) => ({ resource: String(resource).replace('/participants', '/roster') })),
  ),
  breaks(
    'CC-46',
    'roster-of-one',
    'The resource of a roster is that of one participant.',
    /roster is missing/,
    rosters(({ resource }) => ({ resource: `${resource}/${NOBODY}` })),
  ),
  breaks(
    'CC-46',
    'roster-as-object',
    'A roster is an object that has the participants under "value".',
    /roster is missing/,
    rosters(({ resourceData }) => ({ resourceData: { value: resourceData as Json } })),
  ),
  breaks(
    'CC-46',
    'roster-untyped',
    'Participants do not say their type.',
    /resourceData\[0\]\.@odata\.type/,
    lacking('@odata.type'),
  ),
  breaks(
    'CC-46',
    'roster-empty',
    'Rosters are empty lists.',
    /resourceData: documented a list with at least one entry, received \[\]/,
    roster(() => []),
  ),
  breaks(
    'CC-48',
    'roster-row-missing',
    'The roster lacks the last who came, the bot itself.',
    /the bot on the roster is missing|John and the bot" is missing/,
    roster((all) => all.slice(0, -1)),
  ),
  breaks(
    'CC-48',
    'bot-under-another-id',
    'The roster shows the bot under another id than myParticipantId.',
    /the bot's own participant id as before, received/,
    participants((one) => (isBot(one) ? { ...one, id: NOBODY } : one)),
  ),
  breaks(
    'CC-48',
    'bot-under-the-id-of-the-call',
    'The roster shows the bot under the id of the call.',
    /the bot's own participant id as before, received/,
    participants((one, { callId }) => (isBot(one) ? { ...one, id: callId } : one)),
  ),
  breaks(
    'CC-48',
    'bot-as-user',
    'The roster shows the bot as a user.',
    /the bot on the roster/,
    identity('application', (own) => ({ user: own })),
  ),
  breaks(
    'CC-48',
    'bot-as-another-app',
    'The roster shows the bot as another application.',
    /the bot on the roster/,
    identity('application', (own) => ({ application: { ...own, id: NOBODY } })),
  ),
]
