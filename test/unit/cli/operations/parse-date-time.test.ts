import { expect, test } from 'vitest'
import { parseDateTime } from '../../../../src/cli/operations/parse-date-time.ts'

test.each([
  ['2026-01-31T13:45:00.000', '2026-01-31T13:45:00.000Z'],
  ['2026-01-31T13:45:00.000Z', '2026-01-31T13:45:00.000Z'],
  ['2026-01-31T13:45:00.000+02:00', '2026-01-31T11:45:00.000Z'],
  ['2026-01-31T13:45:00.000-0330', '2026-01-31T17:15:00.000Z'],
  ['2026-01-31T13:45:00.000+02', '2026-01-31T11:45:00.000Z'],
])('%s', (text, same) => {
  expect(parseDateTime(text)).toBe(Date.parse(same))
})

test.each(['2026-02-30T00:00:00.000', '2026-01-31T24:00:00.000', '2026-01-31T13:45', '2026-01-31T13:45:00.000CET'])('%s is no time', (text) => {
  expect(() => parseDateTime(text)).toThrow('java.text.ParseException: Unparseable date: "')
})

test('a day alone is none either', () => {
  expect(() => parseDateTime('yesterday')).toThrow("It does not contain a 'T'")
})
