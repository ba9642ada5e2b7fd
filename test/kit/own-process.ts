// The test files that change the process they run in (nock, undici's fetch, the network guard). Each group runs in a process of its own,
// all other files share one process per core. `setup.ts` fails a file of the shared processes that belongs here.
export const OWN_PROCESS: Readonly<Record<string, readonly string[]>> = {
  'tests on nock': [
    'test/process/baseline.test.ts',
    'test/process/merge.test.ts',
    'test/process/page.test.ts',
    'test/process/command.test.ts',
    'support/simulator/index.test.ts',
    'support/simulator/mounts/mounts.test.ts',
    'support/simulator/mounts/nock.test.ts',
    'test/process/pseudonyms.test.ts',
    'test/process/scenarios.test.ts',
  ],
  'tests of the network guard': ['support/targets/simulator/network-guard.test.ts'],
}
