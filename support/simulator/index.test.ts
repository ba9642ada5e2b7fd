// The simulator inside the program that tests a bot: on nock and beside it, several at once, time that is moved, people on command.
import assert from 'node:assert/strict'
import { after, afterEach, describe, test } from 'mocha'
import nock from 'nock'
import { JOHN, request } from '../../test/kit/simulated-world'
import { isObject, type JsonObject } from '../contract/json'
import { createSimulator, type GraphSimulator, REAL_ORIGINS, type SimulatorOptions } from '.'
import { PEOPLE_OPERATIONS } from './control/people-operations'

const open = new Set<GraphSimulator>()
afterEach(async () => {
  for (const one of open) await one.close()
  open.clear()
})
after(() => nock.restore())

async function simulator(options: SimulatorOptions = {}): Promise<GraphSimulator> {
  const one = await createSimulator(options)
  open.add(one)
  return one
}

type Fetch = typeof globalThis.fetch

/** A bot that remembers its notifications, and may react to them. */
class Bot {
  readonly heard: string[] = []
  constructor(
    readonly graph: GraphSimulator,
    readonly fetch: Fetch,
  ) {}

  async token(): Promise<string> {
    const { clientId, tenantId, secret } = this.graph.apps[0] as GraphSimulator['apps'][number]
    const scope = 'https://graph.microsoft.com/.default'
    const response = await this.fetch(`${this.graph.origins.login}/${tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret, scope }),
    })
    return String(((await response.json()) as JsonObject).access_token)
  }

  async ask(method: string, path: string, body?: JsonObject): Promise<{ status: number; body: JsonObject }> {
    const response = await this.fetch(`${this.graph.origins.graph}/beta/app/calls${path}`, {
      method,
      headers: { authorization: `Bearer ${await this.token()}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as JsonObject) }
  }

  /** Example 1 of the page: a call to John. */
  async call(otherwise: JsonObject = {}): Promise<string> {
    const { status, body } = await this.ask('POST', '', request(1, otherwise))
    assert.equal(status, 201, JSON.stringify(body))
    return String(body.id)
  }

  take(text: string): void {
    const { value } = JSON.parse(text) as { value: readonly JsonObject[] }
    for (const { resourceData } of value) this.heard.push(isObject(resourceData) ? String(resourceData.state) : 'roster')
  }
}

/** A bot that is reached by a function call. */
async function direct(options: SimulatorOptions = {}): Promise<Bot> {
  const bot: Bot = new Bot(
    await simulator({
      deliver: async (_, init) => {
        bot.take(String(init.body))
        return new Response(null, { status: 202 })
      },
      ...options,
    }),
    (input, init) => bot.graph.fetch(input, init),
  )
  return bot
}

describe('on nock', () => {
  const onNock = async (options: SimulatorOptions = {}) => {
    const graph = await simulator(options)
    graph.mountOnNock()
    return new Bot(graph, (input, init) => fetch(input, init))
  }
  const answering = (bot: Bot) =>
    nock('https://bot.contoso.com')
      .persist()
      .post('/callback')
      .reply(202, (_, body) => bot.take(typeof body === 'string' ? body : JSON.stringify(body)))

  test('a bot at the real addresses is called back where its own nock answers, also after nock.cleanAll()', async () => {
    const bot = await onNock()
    answering(bot)
    const id = await bot.call()
    assert.ok(await bot.graph.until(() => bot.heard.includes('established'), 60_000), bot.heard.join())
    nock.cleanAll()
    assert.equal((await bot.ask('GET', `/${id}`)).body.state, 'established')
    answering(bot)
    await bot.graph.people.hangUp()
    await bot.graph.idle()
    assert.deepEqual(bot.heard, ['establishing', 'established', 'terminated'])
    assert.equal((await bot.ask('GET', `/${id}`)).status, 404)
  })

  test("nock.cleanAll() is nock's own again once nothing is mounted, and what was closed stays closed", async () => {
    const own = nock.cleanAll
    const bot = await onNock()
    assert.notEqual(nock.cleanAll, own)
    await bot.graph.close()
    assert.equal(nock.cleanAll, own)
    nock.cleanAll()
    assert.deepEqual(nock.activeMocks(), [])
  })

  test('two at once at different addresses, and a third beside nock, do not mix', async () => {
    const origin = (name: string) => ({
      graph: `https://${name}.test`,
      login: `https://${name}.test`,
      openid: `https://${name}.test`,
    })
    const bots = [
      await onNock({ ids: 'one' }),
      await onNock({ ids: 'two', origins: origin('second') }),
      await direct({ ids: 'three' }),
    ]
    const ids = await Promise.all(bots.map((bot) => bot.call()))
    assert.equal(new Set(ids).size, 3)
    for (const [at, bot] of bots.entries()) {
      assert.deepEqual(
        bot.graph.calls().map(({ id }) => id),
        [ids[at]],
      )
      assert.equal((await bot.ask('GET', `/${ids[(at + 1) % 3]}`)).status, 404)
    }
    const third = await simulator()
    assert.throws(() => third.mountOnNock(), /https:\/\/graph\.microsoft\.com is mounted already/)
  })
})

describe('time that is moved by hand', () => {
  test('moves only when it is moved, and not past what is waited for', async () => {
    const bot = await direct()
    const began = bot.graph.now()
    await bot.call()
    await bot.graph.idle()
    assert.deepEqual([bot.heard, bot.graph.now()], [['establishing'], began])
    assert.equal(await bot.graph.until(() => bot.heard.includes('established'), 60_000), true)
    assert.equal(bot.graph.now(), began + 2_000)
    assert.equal(await bot.graph.until(() => bot.heard.includes('terminated'), 5_000), false)
    assert.equal(bot.graph.now(), began + 7_000)
    await bot.graph.advance(1_000)
    assert.equal(bot.graph.now(), began + 8_000)
  })

  test('waits for what a bot does after a notification', async () => {
    const bot = await direct({
      deliver: async (_, init) => {
        bot.take(String(init.body))
        const [call] = bot.graph.calls()
        if (bot.heard.at(-1) === 'established')
          setImmediate(() => void bot.ask('DELETE', `/${call?.id}`).then(({ status }) => bot.heard.push(`deleted ${status}`)))
        return new Response(null, { status: 202 })
      },
    })
    await bot.call()
    assert.equal(await bot.graph.until(() => bot.heard.includes('deleted 204'), 2_000), true, bot.heard.join())
  })

  test('a bot that never rests does not stop it', async () => {
    const bot = await direct()
    let resting = false
    const pestering = (async () => {
      while (!resting) {
        await bot.graph.fetch(`${REAL_ORIGINS.graph}/beta/app/calls/none`)
        await new Promise(setImmediate)
      }
    })()
    assert.equal(await bot.graph.until(() => false, 1_000), false)
    resting = true
    await pestering
  })

  test('time that passes by itself is waited for', async () => {
    const bot = await direct({ time: { speed: 100 } })
    await bot.call()
    assert.equal(await bot.graph.until(() => bot.heard.includes('established'), 60_000), true)
    assert.equal(await bot.graph.until(() => false, 1_000), false)
  })
})

describe('people', () => {
  test('have a method for every operation of the control API', async () => {
    const { people } = await simulator()
    const camel = (name: string) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
    assert.deepEqual(
      Object.keys(people),
      PEOPLE_OPERATIONS.map(({ name }) => camel(name)),
    )
    assert.ok(['answer', 'hangUp', 'whenAGuestWaits'].every((method) => method in people))
  })

  test('act on command, say why something does not fit, and begin anew with a reset', async () => {
    const bot = await direct({ people: 'manual' })
    await bot.call()
    assert.equal(await bot.graph.until(() => bot.heard.includes('established'), 30_000), false)
    await bot.graph.people.answer({ person: 'John' })
    await bot.graph.idle()
    assert.deepEqual(bot.heard, ['establishing', 'established'])
    await assert.rejects(bot.graph.people.decline(), /decline fits no call now/)
    await assert.rejects(bot.graph.people.answer({ person: 'Noone' }), /write one of John, Dora/)
    await assert.rejects(bot.graph.control('shout'), /There is no operation "shout"; write one of answer, /)
    await assert.rejects(bot.graph.control('join', { person: JOHN.id, where: 'there' }), /where: no parameter of join/)
    await bot.graph.endCall({ code: 500, subcode: 9999 })
    await bot.graph.idle()
    assert.deepEqual([bot.heard.at(-1), bot.graph.calls()], ['terminated', []])
    await assert.rejects(bot.graph.endCall({ code: 500, subcode: 9999 }), /end-call fits no call now/)
    await bot.call()
    bot.graph.reset()
    assert.deepEqual(bot.graph.calls(), [])
    await bot.graph.people.whenCalled({ person: 'John', does: 'declines', afterMs: 0 })
    await bot.call()
    assert.equal(await bot.graph.until(() => bot.heard.at(-1) === 'terminated', 1_000), true)
  })
})

describe('deliveries and ports', () => {
  test('without nock nothing is posted to another machine', async () => {
    const graph = await simulator()
    await new Bot(graph, graph.fetch).call({ callbackUri: 'https://192.0.2.1/callback' })
    await graph.idle()
    assert.match(graph.journal().at(-1)?.text ?? '', /192\.0\.2\.1 is not this machine/)
  })

  test('a port serves all three services, and closing ends it and counts what was not delivered', async () => {
    const graph = await simulator({ deliver: () => new Promise(() => {}) })
    const { addresses, port } = await graph.listen()
    assert.deepEqual([addresses.http, addresses.https], [`http://localhost:${port}`, null])
    assert.equal((await fetch(addresses.openIdConfiguration)).status, 200)
    const elsewhere: GraphSimulator = {
      ...graph,
      origins: { graph: addresses.http, login: addresses.authority, openid: addresses.http },
    }
    await new Bot(elsewhere, fetch).call()
    assert.equal(await graph.close(), 1)
    await assert.rejects(fetch(addresses.openIdConfiguration))
  })

  test('the profile says how messages are written, and an unknown one is refused', async () => {
    const bot = await direct({ profile: 'observed' })
    await bot.call()
    await bot.graph.until(() => bot.heard.length > 2, 60_000)
    assert.deepEqual(bot.heard, ['establishing', 'established', 'established'])
    await assert.rejects(
      createSimulator({ profile: 'newest' as 'observed' }),
      /profile is "newest": write "documented" or "observed"/,
    )
  })

  test('what is no origin is refused with its name', async () => {
    await assert.rejects(
      createSimulator({ origins: { graph: 'graph.test' } }),
      /origins\.graph is "graph\.test": write scheme, host/,
    )
  })
})
