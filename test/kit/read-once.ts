// Tests that the body of a request or response is read as that of the real one, and once.
import assert from 'node:assert/strict'
import { test } from 'mocha'

type Readable = Pick<Response, 'text' | 'json' | 'arrayBuffer' | 'blob' | 'bodyUsed'>

/** @param pair makes one of ours and a real one, with the same body */
export function isReadOnce(pair: () => readonly [own: Readable, real: Readable]): void {
  const shown = async (value: unknown) => (value instanceof Blob ? await value.text() : value)
  for (const read of ['text', 'json', 'arrayBuffer', 'blob'] as const)
    test(`is read once by ${read}()`, async () => {
      const [own, real] = pair()
      assert.deepEqual(await shown(await own[read]()), await shown(await real[read]()))
      assert.equal(own.bodyUsed, true)
      const twice = { name: 'TypeError', message: /already been read/ }
      await assert.rejects(own.text(), twice)
      await assert.rejects(
        Promise.resolve().then(() => own.blob()),
        twice,
      )
    })
}
