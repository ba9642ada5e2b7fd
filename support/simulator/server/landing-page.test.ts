// The page at `/` of the standalone simulator: HTML for a browser, text for curl, no secret that may be real, and nothing of the request.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'mocha'
import { openSeededSimulator, type SeededSimulator } from '../seed'
import { landingPage } from './landing-page'
import { readServeOptions } from './options'
import { front } from './serving'

let world: SeededSimulator
before(async () => {
  world = await openSeededSimulator({
    people: 'auto',
    time: 'virtual',
    ids: 'page',
    deliver: () => Promise.reject(new Error('no bot')),
  })
})
after(() => void world.simulator.close())

const TOKEN = 'simulated-control-abc'

function ask(
  url: string,
  headers: Record<string, string> = {},
  secret?: string,
  method = 'GET',
  started: readonly string[] = [],
): Promise<Response> {
  const { seed } = world
  const [first, ...others] = seed.directory.apps
  assert.ok(first)
  const apps = secret === undefined ? seed.directory.apps : [{ ...first, secret, displayName: '<b onclick="x">&amp;' }, ...others]
  const options = readServeOptions(started, () => {})
  assert.ok(options)
  const page = landingPage({
    world: { ...world, seed: { ...seed, directory: { ...seed.directory, apps } } },
    addresses: {
      http: 'http://localhost:5050',
      https: null,
      callsPaths: ['/beta/app/calls'],
      authority: 'http://localhost:5050',
      openIdConfiguration: 'http://localhost:5050/v1/x',
      caFile: null,
    },
    control: { url: 'http://127.0.0.1:5051', token: TOKEN },
    options,
    envFile: null,
  })
  return front(world.simulator.services, page)(new Request(url, { headers, method }))
}

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

describe('the page at /', () => {
  test('is HTML for a browser, with what the simulator printed, and needs nothing else', async () => {
    const response = await ask('http://localhost:5050/', BROWSER)
    const html = await response.text()
    assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'text/html; charset=utf-8'])
    assert.match(String(response.headers.get('content-security-policy')), /default-src 'none'/)
    for (const shown of [
      '<html lang="en">',
      '<h1>',
      '<h2>Addresses</h2>',
      '<h2>People to call</h2>',
      'John',
      'simulated-2891555a',
      TOKEN,
    ])
      assert.ok(html.includes(shown), shown)
    assert.doesNotMatch(html, /<script|src=|href="(?!data:,")/)
  })

  test('is text for other clients', async () => {
    const response = await ask('http://127.0.0.1:5050/', { accept: '*/*' })
    assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
    const text = await response.text()
    assert.match(text, /^Graph on localhost: .*\n\nAddresses\n {2}Graph +http:\/\/localhost:5050\/beta\/app\/calls\n/)
    assert.doesNotMatch(text, /</)
  })

  test('says how messages are written', async () => {
    const text = async (...started: string[]) => (await ask('http://localhost:5050/', {}, undefined, 'GET', started)).text()
    assert.match(await text(), /^ {2}Messages are as the pages of each root print them; --profile observed /m)
    assert.match(
      await text('--profile', 'observed'),
      /^ {2}Messages have the known drift of today's wire \(observed profile\)\.$/m,
    )
  })

  test('escapes what stands in the world file, and hides a secret that may be real', async () => {
    const html = await (await ask('http://localhost:5050/', BROWSER, 'hush')).text()
    assert.ok(html.includes('&lt;b onclick=&quot;x&quot;&gt;&amp;amp;'))
    assert.doesNotMatch(html, /hush|<b /)
  })

  test('shows the token of the control API on names of this machine only, and repeats no Host', async () => {
    const html = await (await ask('http://rebound.test:5050/', BROWSER)).text()
    assert.ok(!html.includes(TOKEN) && !html.includes('rebound.test'))
  })

  test('is read only, and is not Graph where a bot asks for Graph by its own name', async () => {
    assert.equal((await ask('http://localhost:5050/', BROWSER, undefined, 'POST')).status, 405)
    assert.equal((await ask('https://graph.microsoft.com/', BROWSER)).status, 400)
  })
})
