import { expect, test } from 'vitest'
import { ProgressBar } from '../../../../src/cli/table/progress-bar.ts'
import { textTable } from '../../../../src/cli/table/text-table.ts'

test('columns are as wide as their values, and numbers stand to the right', () => {
  expect(
    textTable(
      ['NAME', 'COUNT'],
      [
        ['a', 5],
        ['longer', 12],
      ],
    ),
  ).toBe('NAME    COUNT\na           5\nlonger     12\n')
  expect(textTable(['NAME', 'COUNT'], [])).toBe('NAME  COUNT\n')
})

test('progress is shown on a terminal, and the line ends', () => {
  const show = (isShown: boolean) => {
    let text = ''
    {
      using bar = new ProgressBar((more) => {
        text += more
      }, isShown)
      bar.show(1, 2, 'done')
    }
    return text
  }
  expect(show(true)).toBe(`\r[${'#'.repeat(15)}${'.'.repeat(15)}] 1/2 done\n`)
  expect(show(false)).toBe('')
})
