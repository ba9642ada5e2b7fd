// The operator of an attended run: reads each line and does what it says, with the people of a standalone simulator.
import type { Standalone } from './standalone'

type Act = (parts: Readonly<Record<string, string>>) => { readonly operation: string; readonly params: object }

/** The lines, and what the operator does. A line names a meeting by its thread, the seed by a name. */
const LINES: readonly (readonly [line: RegExp, act: Act])[] = [
  [
    /Answer the call on (?<person>.+)'s client/,
    ({ person }) => ({ operation: 'when-called', params: { person, does: 'answers' } }),
  ],
  [
    /Decline the call on (?<person>.+)'s client/,
    ({ person }) => ({ operation: 'when-called', params: { person, does: 'declines' } }),
  ],
  [
    /Let the call on (?<person>.+)'s client ring/,
    ({ person }) => ({ operation: 'when-called', params: { person, does: 'silent' } }),
  ],
  [/As .+, admit the guest from the lobby of (?<place>.+)/, ({ place }) => lobby(place, 'admits')],
  [/As .+, turn the guest away from the lobby of (?<place>.+)/, ({ place }) => lobby(place, 'refuses')],
  [/Let the guest wait in the lobby of (?<place>.+)/, ({ place }) => lobby(place, 'leaves-in-lobby')],
  [/Join (?<place>.+) as (?<person>.+)/, ({ place, person }) => ({ operation: 'join', params: { ...at(place), person } })],
  [/Leave (?<place>.+) as (?<person>.+)/, ({ place, person }) => ({ operation: 'leave', params: { ...at(place), person } })],
  [/Hang up on (?<person>.+)'s client/, ({ person }) => ({ operation: 'hang-up', params: { person } })],
  [/As .+, remove the bot from (?<place>.+)/, ({ place }) => ({ operation: 'remove', params: at(place) })],
]

/** Threads of the built-in world by its names. */
const MEETINGS: Readonly<Record<string, string>> = { meeting_Win6: 'scheduled', cbee7c1c: 'channel', '3b8e5f0a': 'openChannel' }

function at(place = ''): { readonly meeting: string | undefined } {
  return { meeting: Object.entries(MEETINGS).find(([thread]) => place.includes(thread))?.[1] }
}

function lobby(place: string | undefined, does: string) {
  return { operation: 'when-a-guest-waits', params: { ...at(place), does } }
}

interface Operator {
  read(line: string): void
  /** What could not be understood or done. */
  readonly puzzled: readonly string[]
}

export function operatorOf(simulator: Standalone): Operator {
  const puzzled: string[] = []
  return {
    puzzled,
    read: (text) => {
      const asked = /▶ (.+) within \d+ s\.$/.exec(text)?.[1]
      if (asked === undefined) return
      const known = LINES.map(([line, act]) => ({ parts: line.exec(asked)?.groups, act })).find(
        ({ parts }) => parts !== undefined,
      )
      if (known?.parts === undefined) return void puzzled.push(asked)
      const { operation, params } = known.act(known.parts)
      // A person who is in the meeting need not join.
      simulator.control(operation, params).catch((error: Error) => {
        if (!/in the meeting already/.test(error.message)) puzzled.push(`${asked}: ${error.message}`)
      })
    },
  }
}
