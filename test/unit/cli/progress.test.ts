import { describe, expect, test } from 'vitest'
import { Progress, progressLine } from '../../../src/cli/progress.ts'
import { shownBytes } from '../../../src/cli/shown-bytes.ts'

function screen(isTTY: boolean): { readonly stream: NodeJS.WriteStream; readonly drawn: string[] } {
  const drawn: string[] = []
  return { drawn, stream: { isTTY, write: (text: string) => drawn.push(text) > 0 } as unknown as NodeJS.WriteStream }
}

describe('progress', () => {
  test('is a bar on a terminal, which is gone at the end', () => {
    const { stream, drawn } = screen(true)
    {
      using progress = new Progress('backup', { screen: stream })
      progress.expect(4_000_000)
      progress.add(1_000_000)
    }
    expect(drawn).toEqual(['\r\x1b[Kbackup [########----------------------]  25 %  1 MB of 4 MB', '\r\x1b[K'])
  })

  test('does not come back', () => {
    const { stream, drawn } = screen(true)
    const progress = new Progress('backup', { screen: stream })
    progress.add(1)
    progress[Symbol.dispose]()
    expect(drawn).toHaveLength(2)
    progress.add(1)
    progress[Symbol.dispose]()
    expect(drawn).toHaveLength(2)
  })

  test('is nothing elsewhere', () => {
    const { stream, drawn } = screen(false)
    {
      using progress = new Progress('backup', { screen: stream })
      progress.add(1)
    }
    expect(drawn).toEqual([])
  })

  test('never shows more than all', () => {
    expect(progressLine('x', { done: 5, total: 4, shown: String })).toContain('100 %')
    expect(progressLine('x', { done: 5, total: 0, shown: String })).toContain('  0 %')
  })
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 KB'],
  [1234, '1.23 KB'],
  [1_500_000_000, '1.5 GB'],
  [3e18, '3000 PB'],
])('%d bytes are shown as %s', (bytes, text) => {
  expect(shownBytes(bytes)).toBe(text)
})
