import { join } from 'node:path'
import { goProgram } from '../../support/go.ts'
import { describeClient } from '../harness/client-suite.ts'

async function program(version: string) {
  return { command: [await goProgram(join(import.meta.dirname, '..'), 'sarama')] as const, env: { SARAMA_VERSION: version } }
}

const also = ['versions before 0.11 are refused']

// The default of the client, and the newest that it knows.
for (const version of ['2.8.0', '4.3.1']) describeClient({ name: `sarama 1.61.1 as ${version}`, program: () => program(version), also })

// What old programs say.
describeClient({
  name: 'sarama 1.61.1 as 1.0.0',
  program: () => program('1.0.0'),
  also,
  without: {
    'topics are made listed described and deleted': 'listing asks for configs in a version that Kafka 4 dropped',
    'configs are described and altered': 'it asks in a version that Kafka 4 dropped',
    'groups are listed described and deleted': 'groups are deleted since 1.1',
    'offsets of a group are deleted': 'they are since 2.4',
  },
})
