// What `require('graph-calls-conformance')` gives: the simulator, see support/simulator/index.ts.
require('./built')
module.exports = require('../dist/simulator/index.js')
