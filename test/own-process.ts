// The test files that change the process they run in (nock, undici's fetch, the network guard). Each group runs in a process of its own,
// all other files share one process per core. `setup.ts` fails a file of the shared processes that belongs here.
export const OWN_PROCESS: Readonly<Record<string, readonly string[]>> = {
  'tests on nock': [
    'test/baseline-command.test.ts',
    'test/command.test.ts',
    'test/command-input.test.ts',
    'test/embedded.test.ts',
    'test/mount-carriage.test.ts',
    'test/nock-mount.test.ts',
    'test/pseudonyms.test.ts',
    'test/scenarios.test.ts',
  ],
  'tests of the network guard': ['test/seal.test.ts'],
}
