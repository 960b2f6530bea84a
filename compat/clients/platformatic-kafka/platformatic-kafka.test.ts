import { join } from 'node:path'
import { npmPackages } from '../../support/npm.ts'
import { describeClient } from '../harness/client-suite.ts'

const HERE = import.meta.dirname

describeClient({
  name: '@platformatic/kafka 2.12.1',
  program: async () => ({ command: [process.execPath, join(HERE, 'main.js')], env: { CLIENT_MODULES: await npmPackages(HERE) } }),
})
