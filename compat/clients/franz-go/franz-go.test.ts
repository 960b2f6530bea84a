import { join } from 'node:path'
import { goProgram } from '../../support/go.ts'
import { describeClient } from '../harness/client-suite.ts'

describeClient({
  name: 'franz-go 1.22.2',
  program: async () => ({ command: [await goProgram(join(import.meta.dirname, '..'), 'franz-go')] }),
  also: ['a record larger than a fetch comes', 'a static member keeps its partitions', 'an eager group gives all partitions anew'],
  notServed: ['transactions are refused', 'the newer group protocol is refused'],
})
