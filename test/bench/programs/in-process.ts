// Creates in process: through the nock mount of the simulator, and through nock alone with a constant reply. Prints the seconds of each block.
import { createSimulator } from '../../../support/simulator'
import { authorizationOf } from '../authorization'
import { createBody } from '../peer-to-peer'

const [blocks = 5, requests = 300] = process.argv.slice(2).map(Number)
/** As many as a busy test has under way. */
const TOGETHER = 8
const BASELINE = 'https://constant.example'

async function main(): Promise<void> {
  const simulator = await createSimulator({ people: 'manual', deliver: async () => new Response(null, { status: 202 }) })
  const mount = simulator.mountOnNock()
  const authorization = await authorizationOf(fetch, simulator.origins.login, simulator.apps)
  const init = {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: createBody('https://bot.example/callback'),
  }
  const create = async (url: string): Promise<string> => {
    const response = await fetch(url, init)
    const text = await response.text()
    if (response.status !== 201) throw new Error(`${url}: ${response.status} ${text}`)
    return text
  }
  const calls = `${simulator.origins.graph}/beta/app/calls`
  const reply = await create(calls)
  // With the same timers: the file of the mount has loaded nock.
  const { default: nock } = await import('nock')
  nock(BASELINE).persist().post('/').reply(201, reply, { 'content-type': 'application/json' })

  const seconds = async (url: string): Promise<number> => {
    const began = performance.now()
    let left = requests
    const one = async () => {
      while (left-- > 0) await create(url)
    }
    await Promise.all(Array.from({ length: TOGETHER }, one))
    return (performance.now() - began) / 1000
  }
  const measured: { readonly constant: number; readonly simulator: number }[] = []
  for (let block = 0; block <= blocks; block++) {
    const taken = { constant: await seconds(BASELINE), simulator: await seconds(calls) }
    simulator.reset()
    if (block > 0) measured.push(taken)
  }
  mount.unmount()
  await simulator.close()
  console.log(JSON.stringify(measured))
  process.exit(0)
}

main().catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
