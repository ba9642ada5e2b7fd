// For editors and `npx cucumber-js`; its exit code is no verdict. `npm run conformance` is the way to run the suite.
module.exports = {
  default: {
    paths: ['features/**/*.feature'],
    requireModule: ['ts-node/register/transpile-only'],
    require: ['support/run/world.ts', 'support/run/parameter-types.ts', 'support/run/hooks.ts', 'steps/**/*.ts'],
    worldParameters: { target: 'simulator', mount: 'nock', casts: ['fixtures/cast.yaml'], deviation: null },
  },
}
