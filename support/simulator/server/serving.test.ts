// Which service a request is for: by the real services' hosts, else by path, in any letter case.
import assert from 'node:assert/strict'
import { test } from 'mocha'
import { front } from './serving'

const named = (name: string) => async () => new Response(name)
const handle = front({ graph: named('graph'), login: named('login'), openid: named('openid') })

const TENANT = 'aa67bd4c-8475-432d-bd41-39f255720e0a'

for (const [url, service] of [
  ['http://localhost:5050/beta/app/calls', 'graph'],
  ['http://localhost:5050/Beta/app/calls/', 'graph'],
  ['https://127.0.0.1/v1.0/communications/calls/1/keepAlive', 'graph'],
  ['http://[::1]:5050/v1/.well-known/OpenIdConfiguration', 'openid'],
  ['http://localhost/v1/keys', 'openid'],
  ['http://localhost/v1/communications/calls', 'graph'],
  ['http://localhost//beta//app/calls', 'graph'],
  [`http://localhost//${TENANT}/oauth2/token`, 'login'],
  [`http://localhost/${TENANT}/oauth2/v2.0/token`, 'login'],
  [`http://localhost/${TENANT}/v2.0/.well-known/openid-configuration`, 'login'],
  [`http://localhost/${TENANT}/.well-known/openid-configuration`, 'login'],
  [`http://localhost/${TENANT}/discovery/v2.0/keys`, 'login'],
  ['http://localhost/common/discovery/instance?api-version=1.1', 'login'],
  ['http://localhost/beta/oauth2/token', 'graph'],
  ['http://localhost/', 'graph'],
  ['http://localhost/v2.0/me', 'graph'],
  ['http://localhost/__proto__/constructor', 'graph'],
  ['https://graph.microsoft.com/common/oauth2/v2.0/token', 'graph'],
  ['https://GRAPH.microsoft.com:5050/beta/app/calls', 'graph'],
  ['https://login.microsoftonline.com/beta/app/calls', 'login'],
  ['https://api.aps.skype.com:443/v1/keys', 'openid'],
  ['https://graph.microsoft.com.evil.example/v1/keys', 'openid'],
  ['http://constructor/beta/app/calls', 'graph'],
] as const) {
  test(`${url} is for ${service}`, async () => {
    assert.equal(await (await handle(new Request(url))).text(), service)
  })
}
