// A bot that takes every notification, and counts those of establishing calls.
import { receiver } from '../receiver'

let count = 0
process.on('message', (asked) => {
  if (asked === 'count') process.send?.(count)
})
process.channel?.unref()
receiver((_, text) => {
  if (text.includes('"establishing"')) count++
}).then(({ address }) => console.log(address))
