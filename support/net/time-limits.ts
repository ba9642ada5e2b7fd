// How long the bot waits for what others do: the limits of a run over a network, in milliseconds of real time.

export interface TimeLimits {
  /** For a connection; a proxy's tunnel and the TLS handshake each as long. */
  readonly connectMs: number
  /** For the head of a response, for each pause in its body, and for the whole of it. */
  readonly answerMs: number
  /** Before a busy service is asked again where its response names no time; each further wait is twice as long. */
  readonly firstWaitMs: number
  /** For a notification that names a call whose create was not answered: nothing else can tell its id. */
  readonly unansweredCreateMs: number
  /** How long no notification may come before "nothing else" holds, where no simulator says that it is idle. */
  readonly quietMs: number
}

export const TIME_LIMITS: TimeLimits = {
  connectMs: 10_000,
  answerMs: 30_000,
  firstWaitMs: 1_000,
  unansweredCreateMs: 3_000,
  quietMs: 3_000,
}
