// The settings of a tenant run that a report may show, by the name of their variable: addresses and choices, never a credential.
import type { Configuration } from './configuration'

/** Of the callback only the origin: its path is a secret that keeps strangers from posting. */
export function shownSettings(configuration: Configuration): Readonly<Record<string, string>> {
  const { graph, authorityUrl, scope, tenantId, clientId, credential, callback, openIdUrl, people, cast, caFile } = configuration
  return {
    GRAPH_TENANT_ID: tenantId,
    GRAPH_CLIENT_ID: clientId,
    GRAPH_BASE_URL: graph.baseUrl,
    GRAPH_CALLS_PATH: graph.callsPath,
    GRAPH_AUTHORITY_URL: authorityUrl,
    GRAPH_SCOPE: scope,
    Credential: credential.kind,
    GRAPH_CA_FILE: caFile === null ? 'none' : 'set',
    BOT_CALLBACK_URL: `${new URL(callback.url).origin}/‹not shown›`,
    BOT_NOTIFICATION_OPENID: openIdUrl,
    GRAPH_PEOPLE: people.kind,
    'People of the cast': String(Object.keys(cast.people).length),
    'Meetings of the cast': Object.keys(cast.meetings).join(', '),
    'Most calls': String(cast.limits.maxCalls),
    'Wait for a notification': `${cast.limits.answerWithinSeconds} s`,
  }
}
