import { join } from 'node:path'
import { goProgram } from '../../support/go.ts'
import { describeClient } from '../harness/client-suite.ts'

describeClient({
  name: 'kafka-go 0.4.51',
  program: async () => ({ command: [await goProgram(join(import.meta.dirname, '..'), 'kafka-go')] }),
  without: {
    'an idempotent producer keeps order': 'its writer has no idempotence',
    'records are deleted': 'it has no call for that',
  },
})
