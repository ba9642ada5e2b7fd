#!/usr/bin/env node
// The standalone simulator as an installed command; `npm run simulator` starts the same file from its source.
require('../dist/simulator/server/main.js')
