// The commands by which a newcomer creates, watches and ends a first call: a token, a create, what people do, a hang-up.
import type { Person } from '../core/commands'
import { FORMS } from '../core/forms'
import type { CallScript } from '../people/scripts'
import type { Started } from './serving'
import { shellQuoted } from './trust'

/** Where a bot would listen that has no port yet. */
const CALLBACK = 'http://localhost:3978/api/calls'

const CALLING_A_PERSON = FORMS.find(({ name }) => name === 'peer-to-peer')?.permission ?? ''

/** Lines for a POSIX shell; none where the seed has no app that may call a person, or nobody to call. */
export function firstCall({ world: { seed }, addresses: { http, callsPaths }, control, options }: Started): string[] {
  const app = seed.directory.apps.find(({ registered, permissions }) => registered && permissions.includes(CALLING_A_PERSON))
  const scriptOf = ({ id }: Person) => seed.scripts.called.get(id) ?? seed.scripts.anybody
  const everybody = [...seed.people.values()]
  const person = everybody.find((one) => scriptOf(one).does === 'answers') ?? everybody[0]
  if (app === undefined || person === undefined) return []
  const calls = http + callsPaths[0]
  const authorized = `-H "Authorization: Bearer $TOKEN"`
  const command = (operation: string, body: object) =>
    `curl -s ${control.url}/${operation} -H 'Authorization: Bearer ${control.token}' -d ${shellQuoted(JSON.stringify(body))}`
  return [
    `TOKEN=$(curl -s ${http}/${app.tenantId}/oauth2/v2.0/token -d grant_type=client_credentials -d client_id=${app.clientId} \\`,
    `  --data-urlencode ${shellQuoted(`client_secret=${app.secret}`)} -d scope=https://graph.microsoft.com/.default \\`,
    `  | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    '',
    `CALL=$(curl -si ${calls} ${authorized} -H 'Content-Type: application/json' \\`,
    `  -d ${shellQuoted(JSON.stringify(create(person)))} \\`,
    `  | tr -d '\\r' | sed -n 's/^[Ll]ocation: //p')`,
    ...(options.people === 'manual' ? [command('answer', {})] : []),
    ...(options.time === 'virtual' ? [command('move-clock', { by: '5s' })] : waiting(scriptOf(person), options.time.speed)),
    `curl -s $CALL ${authorized}`,
    `curl -i -X DELETE $CALL ${authorized}`,
    '',
    `Notifications go to ${CALLBACK}: start your bot there, or see below that nothing listens.`,
  ]
}

/** Until somebody has picked up, and half a second, so that all commands can be pasted at once. */
function waiting({ does, afterMs }: CallScript, speed: number): string[] {
  return does === 'answers' ? [`sleep ${Math.ceil(afterMs / 1000 / speed + 0.5)}`] : []
}

function create({ id, displayName }: Person) {
  const type = (name: string) => ({ '@odata.type': `#microsoft.graph.${name}` })
  const user = { ...type('identity'), displayName, id }
  return {
    ...type('call'),
    callbackUri: CALLBACK,
    targets: [{ ...type('participantInfo'), identity: { ...type('identitySet'), user } }],
    requestedModalities: ['audio'],
    mediaConfig: type('serviceHostedMediaConfig'),
  }
}
