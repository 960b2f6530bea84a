import { describe, expect, test } from 'vitest'
import { javaRegExp } from '../../../../src/config/values/java-regexp.ts'

describe("an expression in Java's syntax", () => {
  test.each([
    ['producer-1', 'producer-1', true],
    ['producer-1', 'producer-12', false],
    ['producer-.*', 'producer-12', true],
    ['a|b', 'b', true],
    ['a|b', 'ab', false],
    ['4\\.[0-3]\\..*', '4.3.1', true],
    ['4\\.[0-3]\\..*', '4x3.1', false],
    ['(?i)APP.*', 'app-7', true],
    ['\\Qa.b*\\E+', 'a.b**', true],
    ['\\Aabc\\z', 'abc', true],
    ['[]a]+', 'a]', true],
    ['[^]a]', ']', false],
    ['(?<name>x)\\k<name>', 'xx', true],
    ['\\d{2,3}', '123', true],
    ['a.c', 'a\nc', false],
  ])('%s of %j: %s', (expression, text, matches) => {
    expect(javaRegExp(expression)?.test(text)).toBe(matches)
  })

  test.each(['a++', 'a*+', 'a{2}+', '(?>a)', '(?s)a', 'a(?i)b', '\\p{Alpha}', '[a-z&&[^b]]', '[[:alpha:]]', '\\R', '\\x{41}'])(
    '%s cannot be said',
    (expression) => {
      expect(javaRegExp(expression)).toBeNull()
    },
  )
})
