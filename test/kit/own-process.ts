// The test files that run in a process of their own, group by group; all other files share one process per core. Most of these change the
// process they run in (nock, undici's fetch, the network guard), and `setup.ts` fails a file of the shared processes that does. Those that start
// programs mostly wait for them, so they have a process beside the busy ones.
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
  'tests that start programs': [
    'test/docs/examples.test.ts',
    'test/docs/guide.test.ts',
    'test/docs/guide-faults.test.ts',
    'test/bench/bench.test.ts',
  ],
}
