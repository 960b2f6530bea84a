import { join } from 'node:path'
import { pythonPackages, pythonProgram } from '../../support/python.ts'
import { describeClient } from '../harness/client-suite.ts'

const HERE = import.meta.dirname
const HARNESS = join(HERE, '../harness')

describeClient({
  name: 'confluent-kafka 2.16.1',
  program: async () => pythonProgram(join(HERE, 'main.py'), [await pythonPackages(join(HERE, 'requirements.txt')), HARNESS]),
  without: { 'offsets of a group are deleted': 'it has no call for that' },
  also: ['a record larger than a fetch comes', 'a cooperative group moves only what it must', 'a static member keeps its partitions'],
  notServed: ['transactions are refused', 'the newer group protocol is refused'],
})
