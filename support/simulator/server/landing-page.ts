// The page at `/` of the standalone simulator: what it printed at its start, as HTML for a browser and as text for every other client.
import { isLoopback } from '../../contract/loopback'
import type { Handler } from '../http/graph'
import { sectionsOf, TITLE } from './print'
import type { Announced } from './serving'

const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
} as const

/** In place of a credential that is not shown. */
const WITHHELD = '(printed in the terminal of the simulator)'

/** Nothing of the request is repeated. The token of the control API is shown on this machine's own names only, which no other site can take. */
export function landingPage(started: Announced): Handler {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return new Response('This page is read with GET.\n', { status: 405, headers: { ...HEADERS, allow: 'GET, HEAD' } })
    const hidden = secretsToHide(started, isLoopback(new URL(request.url).hostname))
    const sections = sectionsOf(started).map(({ title, lines }) => ({ title, lines: lines.map((line) => without(line, hidden)) }))
    const asHtml = /\btext\/html\b/i.test(request.headers.get('accept') ?? '')
    const body = asHtml ? html(sections) : text(sections)
    const type = `text/${asHtml ? 'html' : 'plain'}; charset=utf-8`
    return new Response(request.method === 'HEAD' ? null : body, {
      headers: { ...HEADERS, 'content-type': type, vary: 'accept' },
    })
  }
}

/** Secrets that may be real, since a world file can hold any, and the token of the control API on foreign names. */
function secretsToHide({ world, control }: Announced, local: boolean): readonly string[] {
  const secrets = world.seed.directory.apps.map(({ secret }) => secret)
  return [...secrets.filter((secret) => !secret.startsWith('simulated-')), ...(local ? [] : [control.token])]
}

const without = (line: string, hidden: readonly string[]) =>
  hidden.reduce((shown, secret) => (secret === '' ? shown : shown.replaceAll(secret, WITHHELD)), line)

type Section = ReturnType<typeof sectionsOf>[number]

function text(sections: readonly Section[]): string {
  return [TITLE, ...sections.flatMap(({ title, lines }) => ['', title, ...lines.map((line) => `  ${line}`.trimEnd())]), ''].join(
    '\n',
  )
}

function html(sections: readonly Section[]): string {
  const parts = sections.map(
    ({ title, lines }) => `<section><h2>${escaped(title)}</h2>\n<pre tabindex="0">${escaped(lines.join('\n'))}</pre></section>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Graph on localhost</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
pre { overflow-x: auto; padding: 1rem; border: 1px solid; border-radius: .25rem }
</style>
</head>
<body>
<main>
<h1>Graph on localhost</h1>
<p>${escaped(TITLE)}</p>
${parts.join('\n')}
</main>
</body>
</html>
`
}

function escaped(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
