#!/usr/bin/env node
// The standalone simulator as an installed command; `npm run simulator` starts the same file from its source.
try {
  require('../package/built')
} catch ({ message }) {
  console.error(message)
  process.exit(3)
}
require('../dist/simulator/server/main.js')
