// The unit tests: every file in one of two processes that stay, so that modules are loaded twice and not once a file.
module.exports = {
  require: ['ts-node/register/transpile-only'],
  spec: ['test/**/*.test.ts'],
  parallel: true,
  jobs: 2,
  timeout: 120_000,
  reporter: 'dot',
}
