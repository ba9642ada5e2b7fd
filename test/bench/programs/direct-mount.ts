// Loaded before `npm run conformance`: its scenarios call the simulator's handlers without nock.
import { DEFAULT_PARAMETERS } from '../../../support/suite/world-parameters'

Object.assign(DEFAULT_PARAMETERS, { mount: 'direct' })
