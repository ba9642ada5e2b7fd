// Deviations in who calls and under which ids, and in the types of objects.
import { isObject, type Json, type JsonObject } from '../../contract/json'
import type { Deviation } from '../../simulator/wrapping'
import { breaks, deeply, NOBODY, newCall, newCallWith, objectAt, without } from '../wrap/breaks'
import { alwaysTheFirst, inMeeting, inside, lacking, set, setInMeetings, targets } from '../wrap/rewriting'

const application = (rewrite: (identity: JsonObject, call: JsonObject) => JsonObject) =>
  inside('source', (source, call) => {
    const { application: own, ...others } = objectAt(source, 'identity')
    return isObject(own) ? { ...source, identity: { ...others, application: rewrite(own, call) } } : source
  })

const guest = (rewrite: (identity: JsonObject) => JsonObject) =>
  inside('source', (source) => {
    const { guest: own, ...others } = objectAt(source, 'identity')
    return isObject(own) ? { ...source, identity: { ...others, ...rewrite(own) } } : source
  })

export const IDENTITIES: readonly Deviation[] = [
  breaks(
    'CC-23',
    'source-missing',
    'The new call does not say who calls.',
    /source: documented an object, received null/,
    set({ source: null }),
  ),
  breaks(
    'CC-23',
    'source-nameless',
    'The application that calls has no name.',
    /source\.identity\.application\.displayName/,
    application((own) => without(own, 'displayName')),
  ),
  breaks(
    'CC-23',
    'source-named-by-id',
    'The application that calls has its id for a name.',
    /source\.identity\.application\.displayName/,
    application((own) => ({ ...own, displayName: own.id as Json })),
  ),
  breaks(
    'CC-23',
    'source-another-app',
    'The application that calls is another one.',
    /source\.identity\.application\.id/,
    application((own) => ({ ...own, id: NOBODY })),
  ),
  breaks(
    'CC-23',
    'source-a-user',
    'The bot that calls is a user.',
    /source\.identity\.application/,
    inside('source', (source) => ({
      ...source,
      identity: {
        ...without(objectAt(source, 'identity'), 'application'),
        user: objectAt(source, 'identity').application ?? null,
      },
    })),
  ),
  breaks(
    'CC-23b',
    'guest-as-application',
    'The source of a guest is the application alone.',
    /source\.identity\.guest/,
    guest((own) => ({ application: own })),
  ),
  breaks(
    'CC-23b',
    'guest-marked',
    'The name of a guest says that it is one.',
    /source\.identity\.guest\.displayName/,
    guest((own) => ({ guest: { ...own, displayName: `${own.displayName} (Guest)` } })),
  ),
  breaks(
    'CC-23b',
    'guest-under-another-id',
    'The guest of the source has an id of the service.',
    /source\.identity\.guest\.id/,
    guest((own) => ({ guest: { ...own, id: NOBODY } })),
  ),
  breaks(
    'CC-24',
    'region-missing',
    'Source and targets do not say their region.',
    /region/,
    newCall((call) => deeply(call, (one) => without(one, 'region'))),
  ),
  breaks(
    'CC-24',
    'target-language-missing',
    'Targets do not say their language.',
    /targets\[0\]\.languageId/,
    targets((target) => without(target, 'languageId')),
  ),
  breaks(
    'CC-24',
    'source-region-empty',
    'The region of the source is an empty text.',
    /source\.region/,
    inside('source', (source) => ({ ...source, region: '' })),
  ),
  breaks(
    'CC-24',
    'guest-language-missing',
    'The source of a join does not say its language.',
    /source\.languageId/,
    inside('source', (source, call) => (inMeeting(call) ? without(source, 'languageId') : source)),
  ),
  breaks('CC-25', 'ids-repeat', 'Every call has the id of the first.', /two have the id/, alwaysTheFirst('id')),
  breaks(
    'CC-25',
    'participant-ids-repeat',
    'Every call has the myParticipantId of the first.',
    /two have the myParticipantId/,
    alwaysTheFirst('myParticipantId'),
  ),
  breaks(
    'CC-25',
    'id-missing',
    'The new call has no id.',
    /\bid: documented .*came nothing|gives the new call no id/,
    lacking('id'),
  ),
  breaks(
    'CC-25',
    'participant-id-missing',
    'The new call has no myParticipantId.',
    /myParticipantId/,
    set({ myParticipantId: null }),
  ),
  breaks('CC-25', 'tenant-missing', 'The new call has no tenantId.', /tenantId/, set({ tenantId: null })),
  breaks('CC-25', 'tenant-common', 'The tenantId of the new call is that of no tenant.', /tenantId/, set({ tenantId: 'common' })),
  breaks(
    'CC-25',
    'join-of-no-tenant',
    'The tenantId of a join is not that of the organizer.',
    /tenantId/,
    setInMeetings({ tenantId: NOBODY }),
  ),
  breaks(
    'CC-26',
    'types-missing',
    'Objects of the new call do not say their type.',
    /@odata\.type/,
    newCall((call) => deeply(call, (one) => without(one, '@odata.type'))),
  ),
  breaks(
    'CC-26',
    'types-without-hash',
    'Types are written without the number sign.',
    /@odata\.type/,
    newCall((call) =>
      deeply(call, (one) =>
        typeof one['@odata.type'] === 'string' ? { ...one, '@odata.type': one['@odata.type'].slice(1) } : one,
      ),
    ),
  ),
  breaks(
    'CC-26',
    'types-only-outside',
    'Only the call itself says its type.',
    /@odata\.type/,
    newCall((call) =>
      Object.fromEntries(
        Object.entries(call).map(([name, value]) => [name, deeply(value, (one) => without(one, '@odata.type'))]),
      ),
    ),
  ),
  breaks('CC-26', 'context-missing', 'The new call has no context.', /@odata\.context/, lacking('@odata.context')),
  breaks(
    'CC-26',
    'context-of-the-collection',
    'The context of the new call is that of all calls.',
    /@odata\.context/,
    newCallWith((call) => ({ '@odata.context': String(call['@odata.context']).replace('/$entity', '') })),
  ),
  breaks(
    'CC-26',
    'identity-sets-by-another-name',
    'Identity sets have the type of a later version.',
    /identitySet/,
    newCall((call) =>
      deeply(call, (one) =>
        one['@odata.type'] === '#microsoft.graph.identitySet'
          ? { ...one, '@odata.type': '#microsoft.graph.communicationsIdentitySet' }
          : one,
      ),
    ),
  ),
]
