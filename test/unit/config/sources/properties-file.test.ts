import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OdradekError } from '../../../../src/base/errors.ts'
import { parseProperties } from '../../../../src/config/sources/properties-file.ts'

function read(text: string): Record<string, string> {
  return Object.fromEntries(parseProperties(text, 'f').map(({ name, text: value }) => [name, value]))
}

/** Any UTF-16 unit, so also halves of pairs. */
const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))

describe('a properties file', () => {
  test('ends a name at the first equals sign, colon or blank', () => {
    expect(read('a=1\nb:2\nc 3\nd = 4\ne : =5\nf\n')).toEqual({ a: '1', b: '2', c: '3', d: '4', e: '=5', f: '' })
  })

  test('keeps blanks at the end of a value and drops those before it', () => {
    expect(read('  a =  x y  ')).toEqual({ a: 'x y  ' })
  })

  test('passes over comments and empty lines', () => {
    expect(read('# a=1\n  ! b=2\n\n \t\nc=3 # not a comment')).toEqual({ c: '3 # not a comment' })
  })

  test('joins lines that end in an odd number of backslashes, without the indent of the next', () => {
    expect(read('a=1,\\\n   2,\\\r\n\t3\nb=x\\\\\nc=4')).toEqual({ a: '1,2,3', b: 'x\\', c: '4' })
  })

  test('takes a backslash alone at the end of the file for an empty name, but with \\r\\n for nothing, as Java does', () => {
    expect(read('\\')).toEqual({ '': '' })
    expect(read('\\\n')).toEqual({ '': '' })
    expect(read('\\\r')).toEqual({ '': '' })
    expect(read('\\\r\n')).toEqual({})
    expect(read('a\\\r\n')).toEqual({ a: '' })
  })

  test('lets a comment sign begin a continued line', () => {
    expect(read('a=1\\\n#2')).toEqual({ a: '1#2' })
  })

  test('reads escapes in names and values', () => {
    expect(read('a\\ b\\=c\\:d=\\t\\n\\u00e4\\q\\\\')).toEqual({ 'a b=c:d': '\t\n\u00e4q\\' })
  })

  test('takes the last of two values and says where it stands', () => {
    expect(parseProperties('a=1\n\na=2', 'server.properties')).toEqual([{ name: 'a', text: '2', origin: 'server.properties:3' }])
  })

  test('says the line where a value begins that goes on over several', () => {
    expect(parseProperties('\na=1\\\n2\nb=3', 'f').map(({ origin }) => origin)).toEqual(['f:2', 'f:4'])
  })

  test('refuses a broken unicode escape with its line', () => {
    expect(() => read('a=1\nb=\\u12x4')).toThrow(/^f:2: \\u must be followed by four hexadecimal digits/)
  })

  test('gives entries or one kind of error for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: anyUnit }), fc.string({ unit: fc.constantFrom(...'a=:\\ u0#!\n\r\t') })), (text) => {
        try {
          for (const entry of parseProperties(text, 'f')) expect(entry.origin).toMatch(/^f:\d+$/)
        } catch (error) {
          expect(error).toBeInstanceOf(OdradekError)
          expect(error).toMatchObject({ code: 'CONFIG_SYNTAX' })
        }
      }),
    )
  })
})
