import { expect, test } from 'vitest'
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
