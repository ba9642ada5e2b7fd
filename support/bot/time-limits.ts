// How long the bot waits for what is not in its hands: the limits of a run over a network, in milliseconds of real time, in one place.

/** For a connection to come about; a proxy's tunnel and the TLS handshake each as long. */
export const CONNECT_MS = 10_000

/** For the head of an answer, for each pause in its body, and for the whole of it. */
export const ANSWER_MS = 30_000

/** Before a busy service is asked again where its answer names no time; each further wait is twice as long. */
export const FIRST_WAIT_MS = 1_000

/** For a notification that names a call whose create was not answered: nothing else can tell its id. */
export const UNTOLD_MS = 3_000
