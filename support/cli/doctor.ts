// `npm run doctor`: runs the command in this process, with its network, journals and terminal.
import { lookup } from 'node:dns/promises'
import { usesColours } from '../contract/command-line'
import { endWithNpm } from '../contract/end-requests'
import { openCallbackListener } from '../net/callback-listener'
import { openNetwork } from '../net/network'
import { currentRun } from '../suite/current-run'
import { guardTerminal } from '../suite/redaction'
import { leftovers, settleLeftover } from '../targets/tenant/call-journal'
import { msalTokens } from '../targets/tenant/msal-tokens'
import { ANSWER_LIMIT_MS, doctor } from './doctor/command'

const CONNECT_LIMIT_MS = 5_000

const { outlet } = currentRun()
guardTerminal(outlet)
endWithNpm()
doctor(process.argv.slice(2), {
  folder: process.cwd(),
  environment: process.env,
  print: (text) => console.log(text),
  colours: usesColours(process.stdout),
  now: Date.now,
  lookup: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  openNetwork: (configuration, environment) => {
    outlet.concealConfiguration(configuration, environment)
    return openNetwork({
      caFile: configuration.caFile,
      environment,
      connectTimeoutMs: CONNECT_LIMIT_MS,
      headersTimeoutMs: ANSWER_LIMIT_MS,
      bodyTimeoutMs: ANSWER_LIMIT_MS,
    })
  },
  tokens: (send, configuration) => {
    const ask = msalTokens(send, configuration)
    return async () => {
      const token = await ask()
      outlet.conceal('access token', token)
      return token
    }
  },
  openListener: openCallbackListener,
  earlierRuns: ({ graph, tenantId, clientId }) => ({
    ...leftovers({ baseUrl: graph.baseUrl, tenantId, clientId }),
    settle: settleLeftover,
  }),
}).then((code) => {
  process.exitCode = code
})
