// The timers of calls: one of each name, which the next of that name replaces and the end of the call cancels. Without that an ended call would
// stay in memory until the last of its timers is due, up to 45 minutes.
import type { TimerCommand } from '../core/commands'

export class CallTimers {
  readonly #cancels = new Map<string, Map<TimerCommand['timer'], () => void>>()

  /** Remembers a timer that has been set. @param cancel does nothing once the timer has run */
  set({ callId, timer }: TimerCommand, cancel: () => void): void {
    const own = this.#cancels.get(callId) ?? new Map<TimerCommand['timer'], () => void>()
    own.get(timer)?.()
    this.#cancels.set(callId, own.set(timer, cancel))
  }

  /** Cancels what is left of the timers of an ended call. */
  end(callId: string): void {
    for (const cancel of this.#cancels.get(callId)?.values() ?? []) cancel()
    this.#cancels.delete(callId)
  }

  /** Leaves the timers of an earlier generation to run out: each of them counts as discarded. */
  forget(): void {
    this.#cancels.clear()
  }
}
