import { expect, test } from 'vitest'
import { generatedCorpus } from './corpus.ts'
import { LineChecksum, linesOf } from './line-checksum.ts'

test('a generated corpus is the same for the same seed, and has empty, long and many-scripted lines', () => {
  const lines = [...(generatedCorpus(30_000, 1).lines() as Iterable<string>)]
  expect([...(generatedCorpus(30_000, 1).lines() as Iterable<string>)]).toEqual(lines)
  expect([...(generatedCorpus(30_000, 2).lines() as Iterable<string>)]).not.toEqual(lines)
  expect(lines).toHaveLength(30_000)
  expect(lines.filter((line) => line === '').length).toBeGreaterThan(300)
  expect(lines.some((line) => line.length >= 100_000)).toBe(true)
  expect(lines.some((line) => /\p{Script=Han}/u.test(line))).toBe(true)
  expect(lines.some((line) => /[\u{1f600}-\u{1f64f}]/u.test(line))).toBe(true)
  expect(lines.every((line) => !/[\r\n]|\p{Surrogate}/u.test(line))).toBe(true)
})

test('a checksum looks at every line, however often it comes, and not at their order', () => {
  const of = (...lines: readonly string[]) => {
    const checksum = new LineChecksum()
    for (const line of lines) checksum.add(line)
    return `${checksum}`
  }
  expect(of('a', 'b', 'a')).toBe(of('b', 'a', 'a'))
  expect(of('a', 'b')).not.toBe(of('a', 'b', 'b'))
  expect(of('ab', 'b')).not.toBe(of('a', 'bb'))
  expect(of('', 'a')).not.toBe(of('a'))
})

test('lines are cut at newlines, wherever the chunks end', async () => {
  async function* chunks(...texts: readonly string[]) {
    for (const text of texts) yield Buffer.from(text)
  }
  const lines: string[] = []
  for await (const line of linesOf(chunks('a\nb', 'c', '\n\nd', ''))) lines.push(line.toString())
  expect(lines).toEqual(['a', 'bc', '', 'd'])
})
