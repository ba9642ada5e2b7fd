// The Authorization header of a bot that was given a token, as every load needs it.

interface App {
  readonly clientId: string
  readonly tenantId: string
  readonly secret: string
}

/**
 * @param fetch reaches the token service
 * @param login root of the token service
 * @param apps those of the simulator: the first asks
 */
export async function authorizationOf(
  fetch: (url: string, init: RequestInit) => Promise<Response>,
  login: string,
  [app]: readonly App[],
): Promise<string> {
  if (app === undefined) throw new Error('the simulator has no app')
  const { clientId, tenantId, secret } = app
  const scope = 'https://graph.microsoft.com/.default'
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret, scope }
  const response = await fetch(`${login}/${tenantId}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form) })
  const { access_token } = (await response.json()) as { readonly access_token: string }
  return `Bearer ${access_token}`
}
