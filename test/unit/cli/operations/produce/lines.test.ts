import { describe, expect, test } from 'vitest'
import { inputLines } from '../../../../../src/cli/operations/produce/input-lines.ts'
import { lineFormat, lineRecord } from '../../../../../src/cli/operations/produce/line-records.ts'

async function lines(...chunks: readonly (string | Buffer)[]): Promise<readonly string[]> {
  async function* input() {
    yield* chunks.map((chunk) => Buffer.from(chunk))
  }
  const found: string[] = []
  for await (const line of inputLines(input())) found.push(line)
  return found
}

describe('lines', () => {
  test('end in any of the three ways, wherever the chunks are cut', async () => {
    expect(await lines('a\nb\r', '\nc\rd', 'e\n\nf')).toEqual(['a', 'b', 'c', 'de', '', 'f'])
    const text = Buffer.from('ä\n日\n')
    expect(await lines(text.subarray(0, 1), text.subarray(1, 4), text.subarray(4))).toEqual(['ä', '日'])
    expect(await lines('')).toEqual([])
    expect(await lines('\n')).toEqual([''])
  })
})

const format = (properties: Readonly<Record<string, string>>) => lineFormat(new Map(Object.entries(properties)))
const shown = (line: string, properties: Readonly<Record<string, string>>) => {
  const { key, value, headers = [] } = lineRecord(line, 1, format(properties))
  const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString())
  return [text(key), text(value), ...headers.map((header) => [header.key, text(header.value)])]
}

describe('a line becomes a record', () => {
  test.each([
    ['a\tb', {}, [null, 'a\tb']],
    ['a\tb', { 'parse.key': 'true' }, ['a', 'b']],
    ['a::b', { 'parse.key': 'true', 'key.separator': '::' }, ['a', 'b']],
    ['h:1,i:2\tk\tv', { 'parse.key': 'true', 'parse.headers': 'true' }, ['k', 'v', ['h', '1'], ['i', '2']]],
    ['NIL\tv', { 'parse.key': 'true', 'null.marker': 'NIL' }, [null, 'v']],
    ['k\tNIL', { 'parse.key': 'true', 'null.marker': 'NIL' }, ['k', null]],
    ['h:NIL\tv', { 'parse.headers': 'true', 'null.marker': 'NIL' }, [null, 'v', ['h', null]]],
    ['plain', { 'parse.key': 'true', 'ignore.error': 'true' }, [null, 'plain']],
  ])('%j with %j', (line, properties, record) => {
    expect(shown(line, properties)).toEqual(record)
  })

  test.each([
    ['plain', { 'parse.key': 'true' }, "No key separator found on line number 1: 'plain'"],
    ['plain', { 'parse.headers': 'true' }, "No headers delimiter found on line number 1: 'plain'"],
    ['h\tv', { 'parse.headers': 'true' }, "No header key separator found in pair 'h' on line number 1"],
    ['x', { 'headers.delimiter': ':' }, 'headers.delimiter and headers.key.separator may not be equal'],
    ['x', { 'key.separator': 'N', 'null.marker': 'N' }, 'null.marker and key.separator may not be equal'],
  ])('%j with %j is refused', (line, properties, message) => {
    expect(() => shown(line, properties)).toThrow(message)
  })
})
