// A bot that takes every notification, and counts those of establishing calls.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

let count = 0
const server = createServer((incoming, outgoing) => {
  let text = ''
  incoming.setEncoding('utf8')
  incoming.on('data', (chunk) => {
    text += chunk
  })
  incoming.on('end', () => {
    if (text.includes('"establishing"')) count++
    outgoing.writeHead(202).end()
  })
})
process.on('message', (asked) => {
  if (asked === 'count') process.send?.(count)
})
process.channel?.unref()
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
