// For editors and `npx cucumber-js`; its exit code is no verdict. `npm run conformance` is the way to run the suite.
module.exports = {
  default: {
    paths: ['features/**/*.feature'],
    requireModule: ['ts-node/register/transpile-only'],
    require: ['support/suite/world.ts', 'support/suite/vocabulary/parameter-types.ts', 'support/suite/hooks.ts', 'steps/**/*.ts'],
    worldParameters: { target: 'simulator', mount: 'nock', casts: ['fixtures/world.yaml'], deviation: null, evidence: true },
  },
}
