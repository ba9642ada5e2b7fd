// Deviations in how a roster shows a participant, and a guest.
import type { JsonObject } from '../../contract/json'
import type { Deviation, Wrap } from '../../simulator/wrapping'
import { breaks, NOBODY, objectAt, without } from '../wrap/breaks'
import { having, identity, lacking, participants } from '../wrap/seeing'

const streams = (rewrite: (stream: JsonObject) => JsonObject): Wrap =>
  participants((one) => ({ ...one, mediaStreams: (one.mediaStreams as JsonObject[]).map(rewrite) }))

export const PARTICIPANTS: readonly Deviation[] = [
  breaks(
    'CC-47',
    'participants-without-identity',
    'Participants have no identity.',
    /info\.identity/,
    participants((one) => ({ ...one, info: without(objectAt(one, 'info'), 'identity') })),
  ),
  breaks('CC-47', 'participants-without-media', 'Participants have no media streams.', /mediaStreams/, lacking('mediaStreams')),
  breaks(
    'CC-47',
    'participants-with-empty-media',
    'The media streams of participants are empty lists.',
    /mediaStreams/,
    having({ mediaStreams: [] }),
  ),
  breaks('CC-47', 'participants-without-mute', 'Participants do not say whether they are muted.', /isMuted/, lacking('isMuted')),
  breaks(
    'CC-47',
    'participants-without-lobby',
    'Participants do not say whether they are in the lobby.',
    /isInLobby/,
    lacking('isInLobby'),
  ),
  breaks('CC-47', 'participants-without-id', 'Participants have no id.', /\]\.id/, lacking('id')),
  breaks(
    'CC-47',
    'mute-as-text',
    'Whether somebody is muted is a text.',
    /isMuted/,
    participants((one) => ({ ...one, isMuted: String(one.isMuted) })),
  ),
  breaks('CC-47', 'mute-stuck', 'Everybody is shown as muted for ever.', /isMuted/, having({ isMuted: true })),
  breaks(
    'CC-47',
    'source-as-number',
    'Sources of media are numbers.',
    /sourceId/,
    streams((one) => ({ ...one, sourceId: Number(one.sourceId) })),
  ),
  breaks(
    'CC-47',
    'media-of-no-type',
    'Media streams have a type that there is none of.',
    /mediaType/,
    streams((one) => ({ ...one, mediaType: 'sound' })),
  ),
  breaks(
    'CC-47',
    'media-without-direction',
    'Media streams do not say their direction.',
    /direction/,
    streams((one) => without(one, 'direction')),
  ),
  breaks(
    'CC-47',
    'media-without-server-mute',
    'Media streams do not say whether the server mutes them.',
    /serverMuted/,
    streams((one) => without(one, 'serverMuted')),
  ),
  breaks(
    'CC-60',
    'guest-on-roster-marked',
    'The roster says of the name of a guest that it is one.',
    /displayName/,
    identity('guest', (own) => ({ guest: { ...own, displayName: `${own.displayName} (Guest)` } })),
  ),
  breaks(
    'CC-60',
    'guest-on-roster-under-another-id',
    'The roster shows a guest under an id of the service.',
    /the bot on the roster/,
    identity('guest', (own) => ({ guest: { ...own, id: NOBODY } })),
  ),
  breaks(
    'CC-60',
    'guest-on-roster-as-user',
    'The roster shows a guest as a user.',
    /the bot on the roster/,
    identity('guest', (own) => ({ user: own })),
  ),
  breaks(
    'CC-60',
    'guest-on-roster-nameless',
    'The roster shows a guest without a name.',
    /displayName/,
    identity('guest', (own) => ({ guest: without(own, 'displayName') })),
  ),
]
