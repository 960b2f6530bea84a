import { expect, test } from 'vitest'
import { formattedRecord, recordFormat } from '../../../../../src/cli/operations/consume/record-format.ts'

const record = {
  topic: 't',
  partition: 2,
  offset: 7,
  timestamp: 1_700_000_000_000n,
  timestampType: 'CreateTime' as const,
  leaderEpoch: 0,
  key: Buffer.from('k'),
  value: null,
  headers: [
    { key: 'h', value: Buffer.from('1') },
    { key: 'i', value: null },
  ],
}
const shown = (properties: Readonly<Record<string, string>>, unknown: string[] = []) =>
  formattedRecord(
    record,
    recordFormat(new Map(Object.entries(properties)), (name) => void unknown.push(name)),
  ).toString()

test.each([
  [{}, 'null\n'],
  [{ 'print.key': 'true' }, 'k\tnull\n'],
  [{ 'print.key': 'true', 'print.value': 'false' }, 'k\n'],
  [{ 'print.value': 'false' }, ''],
  [
    { 'print.timestamp': 'true', 'print.partition': 'true', 'print.offset': 'true', 'print.headers': 'true' },
    'CreateTime:1700000000000\tPartition:2\tOffset:7\th:1,i:null\tnull\n',
  ],
  [{ 'print.key': 'true', 'key.separator': '|', 'line.separator': ';', 'null.literal': '-' }, 'k|-;'],
])('%j', (properties, text) => {
  expect(shown(properties)).toBe(text)
})

test('a deserializer that is not here is spoken of, and bytes are printed as they are', () => {
  const unknown: string[] = []
  expect(shown({ 'value.deserializer': 'no.such.Deserializer' }, unknown)).toBe('null\n')
  expect(unknown).toEqual(['no.such.Deserializer'])
})
