// Stops with a sentence where this folder was linked or checked out and not built; a packed tarball always holds the build.
const { existsSync } = require('node:fs')
const { dirname, join } = require('node:path')

const folder = dirname(__dirname)
if (!existsSync(join(folder, 'dist/simulator/index.js')))
  throw new Error(
    `graph-calls-conformance is not built: dist is missing. Run "npm ci && npm run build" in ${folder}, or install the tarball that "npm pack" makes.`,
  )
