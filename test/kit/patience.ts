// How long tests wait for what may hang.
/**
 * How long a test waits for a process or an answer before it takes it for hung, in milliseconds. Nothing that works comes near it, also where
 * other programs use the machine; `.mocharc.js` gives a test a minute more, so that the wait itself says what is missing.
 */
export const PATIENCE_MS = 540_000
