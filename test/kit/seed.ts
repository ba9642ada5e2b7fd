// The seed of everything that is random in the tests: fixed, so that a verdict never depends on chance, unless TEST_SEED asks for another.

const FIXED = 20_191_105

/** The seed of this run. `TEST_SEED` is a whole number; `npm run test:full` sets a new one and prints it. */
export function seedOfRun(): number {
  const { TEST_SEED: text } = process.env
  if (text === undefined || text === '') return FIXED
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Error(`TEST_SEED "${text}" is no seed: write a whole number of at most nine digits, or leave it out.`)
}
