import { expect, test } from 'vitest'
import { withMarkedPart } from '../../../../bench/capacity/document/marked-part.ts'

const DOCUMENT = 'before\n<!-- figures: written -->\nold\n<!-- end of figures -->\nbehind\n'

test('what stands between the marks is written anew, the rest stays', () => {
  const changed = withMarkedPart(DOCUMENT, 'figures', 'new $1\n')
  expect(changed).toBe('before\n<!-- figures: written -->\nnew $1\n<!-- end of figures -->\nbehind\n')
  expect(withMarkedPart(changed, 'figures', 'new $1')).toBe(changed)
})

test.each([
  ['no mark', 'text\n'],
  ['no end', '<!-- figures: x -->\n'],
  ['the end first', '<!-- end of figures -->\n<!-- figures: x -->\n'],
  ['marks twice', DOCUMENT + DOCUMENT],
])('a document with %s is left alone', (_, document) => {
  expect(() => withMarkedPart(document, 'figures', 'new')).toThrow('<!-- figures: … -->')
})
