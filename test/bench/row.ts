// A row of the bench: a figure, what it is compared with in the same run, and its target.

export interface Row {
  readonly id: string
  /** What is measured, in a few words. */
  readonly what: string
  /** What it is divided by; null where the value stands alone. */
  readonly baseline: string | null
  readonly unit: 'times' | 'ms of processor time' | 'notifications' | 'KiB a minute'
  /** Which way is better. */
  readonly better: 'more' | 'less'
  /** Null: reported only. */
  readonly target: number | null
  readonly stretch: number | null
}

/** Medians of rounds that took turns with their baseline, with the least and the most of them. */
export interface Measured {
  readonly value: number
  readonly spread: readonly [least: number, most: number]
  /** What stands behind the ratio, in a sentence. */
  readonly detail: string
}

/** Why there is no figure, in a sentence. */
export interface NotMeasured {
  readonly reason: string
}

export type Result = Measured | NotMeasured

export interface RowResult {
  readonly row: Row
  readonly result: Result
}

/** Rows that one measurement gives. */
export interface Measurement {
  readonly rows: readonly Row[]
  measure(settings: Settings): Promise<Readonly<Record<string, Result>>>
}

export interface Settings {
  /** How often each figure and its baseline take turns. */
  readonly rounds: number
  /** How long each load lasts. */
  readonly seconds: number
  /** Divides the amounts that rows count instead of timing them; 1 for a real bench. */
  readonly smaller: number
  /** How long the soak lasts. */
  readonly soakSeconds: number
  /** Where a measurement of its own leaves its file. */
  readonly reports: string
  /** Whether other simulators are measured too, where they are installed. */
  readonly peers: boolean
  /** Says what is being measured. */
  readonly progress: (text: string) => void
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

export function measured(values: readonly number[], detail: string): Measured {
  return { value: median(values), spread: [Math.min(...values), Math.max(...values)], detail }
}

/** Whether a result reaches a target; null where there is no target or no figure. */
export function reaches(result: Result, target: number | null, better: Row['better']): boolean | null {
  if (target === null || !('value' in result)) return null
  return better === 'more' ? result.value >= target : result.value <= target
}
