// The catalogue of deviations: each breaks one rule, so that the suite can be shown to see it; and the legal twins, which break none.

import type { Armament, Deviation } from '../../simulator/wrapping'
import { TWINS } from '../allowed-variations'
import { ANSWERS } from './answers'
import { BODIES } from './bodies'
import { CARRIED } from './carriage'
import { CLAIMS } from './claims'
import { COORDINATES } from './coordinates'
import { DELIVERIES } from './delivery'
import { ECHOES } from './echoes'
import { ENDINGS } from './endings'
import { ENVELOPES } from './envelope'
import { EXAMPLES } from './examples'
import { EXISTING } from './existing-call'
import { FITTING } from './fitting'
import { IDENTITIES } from './identities'
import { IN_ORDER } from './in-order'
import { ISOLATION } from './isolation'
import { LOBBY } from './lobby'
import { LOBBY_ROSTERS } from './lobby-rosters'
import { NEW_CALLS } from './new-call'
import { NOTIFIED } from './notifications'
import { PARTICIPANTS } from './participants'
import { MATRIX } from './permission-matrix'
import { PERMITTED } from './permissions'
import { REFUSALS } from './refusals'
import { ROSTERS } from './roster'
import { SIGNED } from './signing'
import { STATES } from './states'
import { TOKENS } from './tokens'

export { TWINS }

/** Ways to get a rule wrong, written by hand. */
export const BEHAVIOURS: readonly Deviation[] = [
  ...ANSWERS,
  ...CLAIMS,
  ...NEW_CALLS,
  ...ECHOES,
  ...IDENTITIES,
  ...EXISTING,
  ...TOKENS,
  ...REFUSALS,
  ...PERMITTED,
  ...MATRIX,
  ...BODIES,
  ...IN_ORDER,
  ...FITTING,
  ...COORDINATES,
  ...EXAMPLES,
  ...STATES,
  ...LOBBY,
  ...ENDINGS,
  ...ENVELOPES,
  ...NOTIFIED,
  ...CARRIED,
  ...SIGNED,
  ...ROSTERS,
  ...PARTICIPANTS,
  ...LOBBY_ROSTERS,
  ...ISOLATION,
  ...DELIVERIES,
]

export const DEVIATIONS: readonly Deviation[] = BEHAVIOURS

/** The deviation with an id; undefined when the catalogue has none. */
export function deviationOf(id: string): Deviation | undefined {
  return DEVIATIONS.find((deviation) => deviation.id === id)
}

/** Whatever a simulator can be armed with under an id: a deviation, or a twin. */
export function armamentOf(id: string): Armament | undefined {
  return deviationOf(id) ?? TWINS.find((twin) => twin.id === id)
}
