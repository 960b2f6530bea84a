import { Script } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { javaRegExp } from '../../../../src/config/values/java-regexp.ts'
import { linearRegExp } from '../../../../src/config/values/linear-regexp.ts'

/** Patterns of a few characters, so that they match now and then. */
const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\d', '1', '\\Qa.\\E', '\\.', '[]a]')
const place = fc.constantFrom('\\b', '\\B', '^', '$', '')
const quantifier = fc.constantFrom('', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{0,2}', '{1,}', '{0}')
const { pattern } = fc.letrec<{ pattern: string; part: string; group: string }>((tie) => ({
  pattern: fc
    .array(
      fc.array(tie('part'), { maxLength: 3 }).map((parts) => parts.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map((parts) => parts.join('|')),
  part: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(atom, quantifier).map((both) => both.join('')),
    place,
    fc.tuple(tie('group'), quantifier).map((both) => both.join('')),
  ),
  group: fc.tuple(fc.constantFrom('(', '(?:'), tie('pattern')).map(([open, inner]) => `${open}${inner})`),
}))
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '1', '.', ' ', '\n', ']'), maxLength: 7 })

/**
 * Which of the texts JavaScript matches; null if it goes through one of them again and again: one such pattern of thousands takes it minutes for
 * seven characters, which is why the other way exists.
 */
function matchedByJavaScript(expression: RegExp, texts: readonly string[]): boolean[] | null {
  Object.assign(globalThis, { matchAll: () => texts.map((text) => expression.test(text)) })
  try {
    return matchAll.runInThisContext({ timeout: 100 }) as boolean[]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null
    throw error
  }
}
const matchAll = new Script('matchAll()')

describe('an expression that is matched in linear time', () => {
  test('matches what the same one of JavaScript does', () => {
    let compared = 0
    fc.assert(
      fc.property(pattern, fc.boolean(), fc.array(text, { minLength: 5, maxLength: 5 }), (expression, ignoresCase, texts) => {
        const flagged = ignoresCase ? `(?i)${expression}` : expression
        const [linear, own] = [linearRegExp(flagged), javaRegExp(flagged)]
        if (linear === null || own === null) return
        const expected = matchedByJavaScript(own, texts)
        if (expected === null) return
        compared += 1
        for (const [at, one] of texts.entries()) expect([flagged, one, linear.test(one)]).toEqual([flagged, one, expected[at]])
      }),
      { numRuns: 2_000 },
    )
    expect(compared).toBeGreaterThan(1_000)
  })

  test.each([
    ['producer-.*', 'producer-12', true],
    ['(?i)APP.*', 'app-7', true],
    ['\\Qa.b*\\E+', 'a.b**', true],
    ['\\Aabc\\z', 'abc', true],
    ['[\\w.-]+\\h?', 'a.b-c\t', true],
    ['\\d{2,3}', '1234', false],
    ['a{3}', 'aaa', true],
    ['', '', true],
    ['()*', '', true],
    ['a{,3}', 'a{,3}', true],
  ])('%s of %j: %s', (expression, candidate, isMatching) => {
    expect(linearRegExp(expression)?.test(candidate)).toBe(isMatching)
  })

  test('takes no longer over what JavaScript would go through again and again', () => {
    for (const expression of ['(a+)+b', '(a|a)*b', '(.*a){20}b', '(a*)*b', '(a?){200}b'])
      expect([expression, linearRegExp(expression)?.test('a'.repeat(1_000))]).toEqual([expression, false])
  })

  test.each([
    '(?=a)a',
    '(?!a)b',
    '(?<=a)b',
    '(?<n>a)\\k<n>',
    '(a)\\1',
    '(a{100}){100}',
    'a'.repeat(2_000),
    '(',
    ')',
    '*',
    'a**',
    '^*',
    'a{3,2}',
    'a++',
    '\\p{L}',
  ])('%s is none', (expression) => {
    expect(linearRegExp(expression)).toBeNull()
  })
})
