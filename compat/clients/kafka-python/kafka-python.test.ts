import { join } from 'node:path'
import { pythonPackages, pythonProgram } from '../../support/python.ts'
import { describeClient } from '../harness/client-suite.ts'

const HERE = import.meta.dirname

async function program(requirements: string) {
  return pythonProgram(join(HERE, 'main.py'), [await pythonPackages(join(HERE, requirements)), join(HERE, '../harness')])
}

describeClient({
  name: 'kafka-python 3.0.12',
  program: () => program('requirements.txt'),
  notServed: ['transactions are refused'],
})

describeClient({
  name: 'kafka-python 2.0.2',
  program: () => program('requirements-2.0.2.txt'),
  without: {
    'an idempotent producer keeps order': 'it has none before 2.1',
    'offsets of a group are deleted': 'it has no call for that',
    'records are deleted': 'it has no call for that',
  },
})
