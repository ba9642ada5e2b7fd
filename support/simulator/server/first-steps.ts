// Prints the commands for a newcomer: how each language trusts the certificate, and a first call with curl.
import type { Attendee } from '../core/commands'
import { FORMS } from '../core/forms'
import type { CallScript } from '../people/scripts'
import type { Started } from './serving'

/** Stands for the file in the lines below. */
const CA = '<ca>'

/** Lines to print; the file is the authority's certificate. */
export function trustSettings(caFile: string): string[] {
  const file = shellQuoted(caFile)
  return SETTINGS.flatMap(({ language, lines }) =>
    lines.map((line, at) => `${(at === 0 ? language : '').padEnd(WIDTH)}${line.replaceAll(CA, file)}`),
  )
}

/** Verified against the listener with each language's own client, but for the last row. */
const SETTINGS: readonly { readonly language: string; readonly lines: readonly string[] }[] = [
  {
    language: 'Node',
    lines: ['NODE_EXTRA_CA_CERTS=<ca> node bot.mjs', '  in the environment before Node starts: --env-file comes too late'],
  },
  { language: 'curl', lines: ['curl --cacert <ca> ...'] },
  {
    language: 'Python',
    lines: [
      'SSL_CERT_FILE=<ca> (urllib), REQUESTS_CA_BUNDLE=<ca> (requests)',
      '  either takes the place of the authorities trusted before',
    ],
  },
  {
    language: 'Java',
    lines: [
      'keytool -importcert -noprompt -alias simulator -file <ca> -keystore simulator.p12 -storetype PKCS12 -storepass simulated',
      'java -Djavax.net.ssl.trustStore=simulator.p12 -Djavax.net.ssl.trustStorePassword=simulated ...',
    ],
  },
  { language: 'Go, .NET', lines: ['SSL_CERT_FILE=<ca> on Linux (documented, not tried)'] },
]

const WIDTH = Math.max(...SETTINGS.map(({ language }) => language.length)) + 2

/** A word of a shell's command line as it stands, quoted where it must be. */
export function shellQuoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** Where a bot would listen that has no port yet. */
const CALLBACK = 'http://localhost:3978/api/calls'

const CALLING_A_PERSON = FORMS.find(({ name }) => name === 'peer-to-peer')?.permission ?? ''

/** Lines for a POSIX shell; none where the seed has no app that may call a person, or no person to call. */
export function firstCall({ world: { seed }, addresses: { http, callsPaths }, control, options }: Started): string[] {
  const app = seed.directory.apps.find(({ registered, permissions }) => registered && permissions.includes(CALLING_A_PERSON))
  const scriptOf = ({ id }: Attendee) => seed.scripts.called.get(id) ?? seed.scripts.anybody
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

/** Until the person has answered, and half a second, so that all commands can be pasted at once. */
function waiting({ does, afterMs }: CallScript, speed: number): string[] {
  return does === 'answers' ? [`sleep ${Math.ceil(afterMs / 1000 / speed + 0.5)}`] : []
}

function create({ id, displayName }: Attendee) {
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
