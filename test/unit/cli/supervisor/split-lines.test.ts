import { expect, test } from 'vitest'
import { splitLines } from '../../../../src/cli/supervisor/split-lines.ts'

function split(...pieces: readonly string[]): string[] {
  const lines: string[] = []
  const splitter = splitLines((line) => lines.push(line))
  for (const piece of pieces) splitter.take(piece)
  splitter.end()
  return lines
}

test('lines that come in pieces are put together, and the last needs no end', () => {
  expect(split('on', 'e\ntwo\n', '\nth', 'ree')).toEqual(['one', 'two', '', 'three'])
})

test('a line that never ends is passed on in pieces', () => {
  const piece = 'x'.repeat(700_000)
  expect(split(piece, piece, piece).map(({ length }) => length)).toEqual([1_400_000, 700_000])
})
