import { expect, test } from 'vitest'
import { Teardown } from '../../../../src/node/lifetime/teardown.ts'
import { type Line, recordingLogger } from '../../server/harness.ts'

test('steps are taken in the reverse order, and one that fails keeps no other from being taken', async () => {
  const lines: Line[] = []
  const taken: string[] = []
  const teardown = new Teardown(recordingLogger(lines))
  teardown.add('the first', () => void taken.push('first'))
  teardown.add('the second', () => Promise.reject(new Error('stuck')))
  teardown.add('the third', async () => void taken.push('third'))
  await Promise.all([teardown.run(), teardown.run()])
  expect(taken).toEqual(['third', 'first'])
  expect(lines.map(({ fields }) => fields.part)).toEqual(['the second'])
})

test('what is started while all is being stopped, or after, is stopped too', async () => {
  const taken: string[] = []
  const teardown = new Teardown(recordingLogger([]))
  teardown.add('the first', () => teardown.add('one more', () => void taken.push('meanwhile')))
  await teardown.run()
  expect(taken).toEqual(['meanwhile'])
  teardown.add('a late one', () => void taken.push('late'))
  await teardown.run()
  expect(taken).toEqual(['meanwhile', 'late'])
})
