// Reads what the reviewer's page has packed (support/results/reports/page/packed.ts), as the script of the page does.
import { inflateSync } from 'node:zlib'

export function unpacked(packed: string): unknown {
  const [texts = '', value = ''] = inflateSync(Buffer.from(packed, 'base64')).toString().split('\n')
  const repeated = JSON.parse(texts) as string[]
  return JSON.parse(value, (_, one: unknown) =>
    typeof one === 'string' && one.startsWith('\u0001') ? repeated[Number.parseInt(one.slice(1), 36)] : one,
  )
}
