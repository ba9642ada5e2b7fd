// `npx mocha support/results/verdict.test.ts` runs one file, with `-g WORDS` some of its tests. `npm test` says which files share a process.
module.exports = {
  require: ['ts-node/register/transpile-only', 'test/kit/setup.ts'],
  // Ends a test that hangs; how fast the machine is decides nothing (test/kit/patience.ts).
  timeout: 600_000,
}
