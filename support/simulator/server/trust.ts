// The settings by which each language trusts the local certificate authority, as they were tried.

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
