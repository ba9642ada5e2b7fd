// Before `npm run build`: removes dist/, so that no file of an earlier build is packed.
const { rmSync } = require('node:fs')
const { join } = require('node:path')

rmSync(join(__dirname, '..', 'dist'), { recursive: true, force: true })
