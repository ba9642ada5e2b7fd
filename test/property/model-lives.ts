// The model of the model-based tests: where every call and everybody in a meeting stands, by rules of its own, without the core's tables.
import type { JsonObject } from '../../support/contract/json'
import { DURATIONS } from '../../support/simulator/core/life-cycle'
import type { App } from '../../support/simulator/identity/directory'

export type Stage = 'ringing' | 'joining' | 'lobby' | 'established' | 'ended'
export type Verb = 'answer' | 'decline' | 'busy' | 'hang-up' | 'admit' | 'refuse' | 'remove'
export type SharingVerb = 'share' | 'stop-sharing'

export interface Life {
  readonly id: string
  readonly bot: App
  readonly callbackUri: string
  readonly participant: string
  readonly guest: boolean
  /** Key of the meeting; null where people are called. */
  readonly meeting: string | null
  /** Who is called, where one person is. */
  readonly called: string | null
  /** The people of a call to several: where each stands; empty otherwise. */
  readonly invited: Map<string, 'ringing' | 'talking' | 'gone'>
  readonly since: number
  readonly ringsMs: number
  stage: Stage
  /** How many others were on its roster at the last look. */
  others: number
  /** Since when it is the only participant of a meeting that others have left; null: it is not. */
  aloneSince: number | null
  /** The notified states, in order. */
  readonly states: string[]
  /** The last notified roster. */
  roster: readonly JsonObject[] | null
  /** Who shares content in a call that is no meeting. */
  readonly sharing: Set<string>
}

export interface Place {
  readonly tenantId: string
  readonly holdsGuests: boolean
  readonly holdsApplications: boolean
  /** Who is there, and whether they are muted. */
  readonly people: Map<string, boolean>
  /** Who of them shares content. */
  readonly sharing: Set<string>
}

/** What must be when a verb fits a call that is no call to several, and what becomes of it. */
const VERBS: Readonly<Record<Verb, { readonly at: Stage; readonly becomes: Stage }>> = {
  answer: { at: 'ringing', becomes: 'established' },
  decline: { at: 'ringing', becomes: 'ended' },
  busy: { at: 'ringing', becomes: 'ended' },
  'hang-up': { at: 'established', becomes: 'ended' },
  admit: { at: 'lobby', becomes: 'established' },
  refuse: { at: 'lobby', becomes: 'ended' },
  remove: { at: 'established', becomes: 'ended' },
}

export class Lives {
  readonly calls: Life[] = []

  constructor(readonly places: ReadonlyMap<string, Place>) {}

  living(): readonly Life[] {
    return this.calls.filter(({ stage }) => stage !== 'ended')
  }

  /** A person acts on a call: whether it fits. */
  act(call: Life | undefined, verb: Verb, personId: string | undefined): boolean {
    if (call === undefined || call.stage === 'ended') return false
    if (call.invited.size > 0 && ['answer', 'decline', 'busy', 'hang-up'].includes(verb)) return actInGroup(call, verb, personId)
    const { at, becomes } = VERBS[verb]
    if (call.stage !== at) return false
    call.stage = becomes
    return true
  }

  /** Time has passed: every call stands where it must by now. */
  passed(now: number): void {
    this.#meetingsPassed(now)
    for (const call of this.living()) {
      const lasted = now - call.since
      if (call.stage === 'lobby' && lasted >= DURATIONS.joining.ms + DURATIONS.lobby.ms) call.stage = 'ended'
      if (call.invited.size > 0 && lasted >= call.ringsMs) {
        for (const [person, standing] of call.invited) if (standing === 'ringing') call.invited.set(person, 'gone')
        endWhenAllGone(call)
      }
      if (call.stage === 'ringing' && lasted >= call.ringsMs) call.stage = 'ended'
    }
  }

  /** Joins and ends of bots that were left alone, one after the other: each may change what the next one meets. */
  #meetingsPassed(now: number): void {
    const due = (): readonly (readonly [at: number, order: number, call: Life, becomes: () => Stage])[] =>
      this.living().flatMap((call) => {
        const joins =
          call.stage === 'joining' ? [[call.since + DURATIONS.joining.ms, 1, call, () => this.#metBy(call)] as const] : []
        const ends =
          call.aloneSince === null ? [] : [[call.aloneSince + DURATIONS.alone.ms, 0, call, () => 'ended' as const] as const]
        return [...joins, ...ends]
      })
    for (;;) {
      const [next] = [...due()].sort(([one, first], [other, second]) => one - other || first - second)
      if (next === undefined || next[0] > now) return
      const [at, , call, becomes] = next
      call.stage = becomes()
      this.look(at)
    }
  }

  #metBy({ meeting, guest, bot }: Life): Stage {
    const place = this.places.get(String(meeting))
    if (place?.tenantId !== bot.tenantId) return 'ended'
    return (guest ? place.holdsGuests : place.holdsApplications) ? 'lobby' : 'established'
  }

  /** The service ends a call: whether it lives. */
  end(call: Life | undefined): boolean {
    if (call === undefined || call.stage === 'ended') return false
    call.stage = 'ended'
    return true
  }

  /** Something has changed at this moment: which bots are left alone by it, and which no longer are. */
  look(now: number): void {
    for (const call of this.living()) {
      const alone = call.meeting !== null && call.stage === 'established' && this.rosterOf(call).length === 1
      if (!alone) call.aloneSince = null
      else if (call.others > 0) call.aloneSince = now
      call.others = Math.max(0, this.rosterOf(call).length - 1)
    }
  }

  /** Whether a person's deed in a meeting fits. */
  inMeeting(key: string, deed: 'join' | 'leave' | 'mute' | 'unmute', personId: string): boolean {
    const people = this.places.get(key)?.people
    const muted = people?.get(personId)
    if (people === undefined || (deed === 'join') !== (muted === undefined)) return false
    if (muted === (deed === 'mute') && deed !== 'join' && deed !== 'leave') return false
    if (deed === 'leave') this.places.get(key)?.sharing.delete(personId)
    if (deed === 'leave') people.delete(personId)
    else people.set(personId, deed !== 'unmute')
    return true
  }

  /** A person starts or stops sharing content, in a meeting by its key or in a call: whether it fits. */
  share(where: string | Life | undefined, verb: SharingVerb, personId: string | undefined): boolean {
    if (where === undefined || (typeof where !== 'string' && where.stage !== 'established')) return false
    const key = typeof where === 'string' ? where : where.meeting
    const place = key === null ? undefined : this.places.get(key)
    const sharing = place?.sharing ?? (typeof where === 'string' ? new Set<string>() : where.sharing)
    const people = place === undefined && typeof where !== 'string' ? peopleOf(where) : [...(place?.people.keys() ?? [])]
    const fitting = people.filter(
      (one) => sharing.has(one) === (verb === 'stop-sharing') && (personId === undefined || one === personId),
    )
    const [one] = fitting
    if (one === undefined || fitting.length > 1) return false
    if (verb === 'share') sharing.add(one)
    else sharing.delete(one)
    return true
  }

  /** Who must be on the roster of a call: user ids with whether they are muted, participant ids of bots. */
  rosterOf(call: Life): readonly string[] {
    if (call.stage === 'lobby') return [call.participant]
    if (call.stage !== 'established') return []
    if (call.invited.size > 0) {
      const talking = [...call.invited].filter(([, standing]) => standing === 'talking')
      return [call.participant, ...talking.map(([person]) => `${person} heard`)].sort()
    }
    if (call.meeting === null) return []
    const bots = this.calls.filter(({ meeting, stage }) => meeting === call.meeting && stage === 'established')
    const people = this.places.get(String(call.meeting))?.people ?? new Map<string, boolean>()
    return [
      ...bots.map(({ participant }) => participant),
      ...[...people].map(([person, muted]) => `${person} ${muted ? 'muted' : 'heard'}`),
    ].sort()
  }
}

/** Who talks with the bot in a call that is no meeting. */
function peopleOf({ called, invited }: Life): readonly string[] {
  if (called !== null) return [called]
  return [...invited].flatMap(([person, standing]) => (standing === 'talking' ? [person] : []))
}

function actInGroup(call: Life, verb: Verb, personId: string | undefined): boolean {
  const from = verb === 'hang-up' ? 'talking' : 'ringing'
  const fitting = [...call.invited].filter(
    ([person, standing]) => standing === from && (personId === undefined || person === personId),
  )
  const [one] = fitting
  if (one === undefined || fitting.length > 1) return false
  call.invited.set(one[0], verb === 'answer' ? 'talking' : 'gone')
  if (verb === 'answer') call.stage = 'established'
  else call.sharing.delete(one[0])
  endWhenAllGone(call)
  return true
}

function endWhenAllGone(call: Life): void {
  if ([...call.invited.values()].every((standing) => standing === 'gone')) call.stage = 'ended'
}
