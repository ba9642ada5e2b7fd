// Writes a request of the evidence as a command line of curl. The evidence holds no secret, so the command has places for them.
import type { EvidenceMessage } from './evidence-messages'

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/** Headers that curl makes itself, or that the evidence does not show. */
const LEFT_OUT = /^(host|content-length|authorization|connection|accept-encoding):/i

export function curlOf({ request: { line, headers, body } }: EvidenceMessage): string {
  const [method = 'GET', url = ''] = line.split(' ')
  const hasToken = headers.some((header) => /^authorization:/i.test(header))
  const shown = headers.filter((header) => !LEFT_OUT.test(header) && !header.includes('‹'))
  return [
    `curl --request ${method} ${quoted(url)}`,
    ...(hasToken ? ['--header "Authorization: Bearer $TOKEN"'] : []),
    ...shown.map((header) => `--header ${quoted(header)}`),
    ...(body === '' ? [] : [`--data-raw ${quoted(body)}`]),
  ].join(' \\\n  ')
}
