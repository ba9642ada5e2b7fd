// What `require('graph-calls-conformance/nock')` gives: the mount on nock alone.
require('./built')
module.exports = require('../dist/simulator/mounts/nock.js')
