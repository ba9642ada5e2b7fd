// Whether participants are distinguished by their ids: one id each on a roster, and the same one on every roster of the call.
import { type Change, type Seen, shownId } from './changes'

/** What is wrong with the ids on the rosters of one call, in order of arrival. Who comes back after having left may have a new id. */
export function idFaults(rosters: readonly Change[]): readonly string[] {
  return rosters.flatMap(({ seen }, at) => {
    const before = rosters[at - 1]?.seen ?? []
    return [
      ...seen.flatMap((one, index) => shared(one, seen.slice(index + 1))),
      ...seen.flatMap((one) => changed(one, seen, before)),
      ...seen.flatMap((one) => inherited(one, rosters.slice(0, at))),
    ]
  })
}

function shared({ name, raw }: Seen, others: readonly Seen[]): readonly string[] {
  return others
    .filter((one) => one.raw.id === raw.id)
    .map((one) => `${name} and ${one.name} have the same id on one roster: ${shownId(raw.id)}`)
}

function changed({ name, raw }: Seen, seen: readonly Seen[], before: readonly Seen[]): readonly string[] {
  const [was, ...more] = before.filter((one) => one.name === name)
  // With two devices a person is on the roster twice.
  if (was === undefined || more.length > 0 || seen.filter((one) => one.name === name).length > 1 || was.raw.id === raw.id)
    return []
  return [`${name} has the id ${shownId(raw.id)}, and had the id ${shownId(was.raw.id)} on the roster before`]
}

function inherited({ name, raw }: Seen, before: readonly Change[]): readonly string[] {
  const owner = before.flatMap(({ seen }) => seen).find((one) => one.raw.id === raw.id)
  return owner === undefined || owner.name === name
    ? []
    : [`${name} has the id that ${owner.name} had on an earlier roster: ${shownId(raw.id)}`]
}
