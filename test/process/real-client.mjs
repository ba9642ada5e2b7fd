// Microsoft's own libraries against the simulator: a token by discovery, then a call that is created, read and deleted. Nothing of ours.
import { ConfidentialClientApplication } from '@azure/msal-node'
import graph from '@microsoft/microsoft-graph-client'

const { GRAPH_BASE_URL, GRAPH_AUTHORITY_URL, GRAPH_TENANT_ID, GRAPH_CLIENT_ID, GRAPH_CLIENT_SECRET, BOT_CALLBACK } = process.env

const application = new ConfidentialClientApplication({
  auth: {
    clientId: GRAPH_CLIENT_ID,
    clientSecret: GRAPH_CLIENT_SECRET,
    authority: `${GRAPH_AUTHORITY_URL}/${GRAPH_TENANT_ID}`,
    knownAuthorities: [new URL(GRAPH_AUTHORITY_URL).host],
  },
})

const client = graph.Client.initWithMiddleware({
  baseUrl: GRAPH_BASE_URL,
  defaultVersion: 'beta',
  customHosts: new Set([process.env.CUSTOM_HOST]),
  authProvider: {
    getAccessToken: async () => {
      const { accessToken } = await application.acquireTokenByClientCredential({
        scopes: ['https://graph.microsoft.com/.default'],
      })
      return accessToken
    },
  },
})

const call = {
  '@odata.type': '#microsoft.graph.call',
  callbackUri: BOT_CALLBACK,
  targets: [
    {
      '@odata.type': '#microsoft.graph.participantInfo',
      identity: { user: { displayName: 'John', id: '112f7296-5fa4-42ca-bae8-6a692b15d4b8' } },
    },
  ],
  requestedModalities: ['audio'],
  mediaConfig: { '@odata.type': '#microsoft.graph.serviceHostedMediaConfig' },
}

try {
  const { id, state } = await client.api('/app/calls').post(call)
  const read = await client.api(`/app/calls/${id}`).get()
  const deleted = await client.api(`/app/calls/${id}`).delete()
  console.log(JSON.stringify({ id, state, read: read.id, deleted: deleted === undefined }))
} catch ({ errorCode, statusCode, code, message }) {
  console.log(JSON.stringify({ errorCode, statusCode, code, message }))
  process.exitCode = 1
}
