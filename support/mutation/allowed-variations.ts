// Legal twins: what a target may do otherwise than the page prints. Each plays one of the lawful variations of CC-51, some several at once.
import type { Twin, Wrap } from '../simulator/wrapping'
import { deeply, together } from './wrap/breaks'
import {
  applicationBesideGuest,
  bodies,
  delivered,
  entries,
  extended,
  growing,
  grown,
  headers,
  ids,
  noMeetingRefused,
  outOfOrder,
  packed,
  parameters,
  prefetch,
  resultsAsText,
  reversed,
  rosters,
} from './wrap/variation'

const twin = (lawful: string, id: string, description: string, wrap: Wrap, ordered = true): Twin => ({
  id,
  lawful,
  description,
  wrap,
  ordered,
})

/** Words of CC-51. */
const EXTRA = 'members that the page does not print (E-08 apart)'

const BESIDE = 'resourceUrl next to resource'

const GROWING = 'an established that comes again with more content'

const ROSTER = 'a roster that comes again or has grown'

const PACKED = 'several entries in one post'

const TWICE = 'a post delivered twice'

const EITHER_ORDER = 'establishing and established in either order'

const HEADERS = 'other case or order of headers'

const PARAMETERS = 'parameters of the media type'

const MEMBERS = 'JSON members in another order'

const IDS = 'other ids wherever the service makes them'

/** Of several at once; and of what requirements and errata allow. */
const ONLY_ADDS = 'Variation that only adds or repeats'

const resourceUrl = entries((entry) => [{ ...entry, resourceUrl: String(entry.resource).replace('/app/', '/communications/') }])

const rosterTwice = rosters((entry) => [entry, entry])

const backwards = bodies((value) => deeply(value, reversed))

const everything = [
  packed,
  ids,
  resourceUrl,
  growing,
  rosterTwice,
  grown,
  delivered(2),
  bodies(extended),
  backwards,
  headers,
  parameters,
]

/** Each plays a lawful variation; some play several, so that none hides another. */
export const TWINS: readonly Twin[] = [
  twin(EXTRA, 'more-members', 'Every object has members that the page does not print.', bodies(extended)),
  twin(
    BESIDE,
    'resource-url-beside',
    'Entries have a resourceUrl beside the resource, under the path of later years.',
    resourceUrl,
  ),
  twin(GROWING, 'established-again', 'Established comes three times, each time with more content.', growing),
  twin(ROSTER, 'roster-again', 'Every roster comes twice.', rosterTwice),
  twin(ROSTER, 'roster-grown', 'A roster comes with one participant, then with two, and so on.', grown),
  twin(ROSTER, 'roster-grown-and-again', 'A roster grows, and each of them comes twice.', together(rosterTwice, grown)),
  twin(PACKED, 'packed', 'What one thing leads to is posted together.', packed),
  twin(
    PACKED,
    'packed-with-repeats',
    'What one thing leads to is posted together, grown rosters and established again included.',
    together(packed, growing, rosterTwice, grown),
  ),
  twin(TWICE, 'delivered-twice', 'Every post is delivered twice.', delivered(2)),
  twin(
    TWICE,
    'delivered-five-times',
    'Every post, with all that happened at once, is delivered five times.',
    together(packed, delivered(5)),
  ),
  twin(EITHER_ORDER, 'out-of-order', 'Establishing comes after established.', outOfOrder, false),
  twin(
    EITHER_ORDER,
    'out-of-order-and-twice',
    'Establishing comes after established, and every post is delivered twice.',
    together(outOfOrder, delivered(2)),
    false,
  ),
  twin(
    EITHER_ORDER,
    'out-of-order-and-growing',
    'Establishing comes after established, which comes again; rosters grow.',
    together(growing, grown, outOfOrder),
    false,
  ),
  twin(HEADERS, 'headers-otherwise', 'Names of headers are in capitals and in another order, with others beside them.', headers),
  twin(PARAMETERS, 'typed-with-parameters', 'Content types have parameters.', parameters),
  twin(MEMBERS, 'members-backwards', 'Members of objects come in the opposite order.', backwards),
  twin(
    MEMBERS,
    'more-members-backwards',
    'Objects have more members, in the opposite order.',
    together(bodies(extended), backwards),
  ),
  twin(IDS, 'ids-otherwise', 'What the service makes an id for has one that is no GUID.', ids),
  twin(ONLY_ADDS, 'prefetch-null', 'Where no entries to be fetched were sent, null comes back (E-08).', prefetch(null)),
  twin(ONLY_ADDS, 'prefetch-empty', 'Where no entries to be fetched were sent, an empty list comes back (E-08).', prefetch([])),
  twin(
    ONLY_ADDS,
    'application-beside-guest',
    'The source of a guest has the application beside the guest (E-24).',
    applicationBesideGuest,
  ),
  twin(
    ONLY_ADDS,
    'results-as-text',
    'Code and subCode of an end are texts, as other pages print them (E-32, E-33).',
    resultsAsText,
  ),
  twin(
    ONLY_ADDS,
    'no-meeting-refused',
    'The join of no meeting is refused, in place of a call that ends (CC-72).',
    noMeetingRefused,
  ),
  twin(
    ONLY_ADDS,
    'everything',
    'All of what may differ differs at once, but for the order of notifications.',
    together(...everything),
  ),
  twin(
    ONLY_ADDS,
    'everything-out-of-order',
    'All of what may differ differs at once.',
    together(
      packed,
      ids,
      resourceUrl,
      growing,
      grown,
      outOfOrder,
      delivered(2),
      bodies(extended),
      backwards,
      headers,
      parameters,
    ),
    false,
  ),
]
