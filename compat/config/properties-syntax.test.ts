import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseProperties } from '../../src/config/sources/properties-file.ts'
import { askKafka } from './kafka-checks.ts'

/** Pairs in the order of names, which are told apart by their UTF-16 units; `Malformed` stands for Java's one refusal. */
function ours(text: string): string[][] | 'Malformed' {
  try {
    const entries = parseProperties(text, 'f')
    return entries.map((entry) => [entry.name, entry.text]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
  } catch {
    return 'Malformed'
  }
}

test('a properties file is read as Java reads it, whatever it holds', async () => {
  const unit = fc.constantFrom('a', 'b', '=', ':', ' ', '\\', '\n', '\r', '\t', '\f', '#', '!', 'u', '0', '4', '1', 'ä')
  const seed = Number(process.env.ODRADEK_SEED ?? Date.now() % 2 ** 31)
  const texts = fc.sample(fc.string({ unit, maxLength: 40 }), { numRuns: 2_000, seed })
  const answers = await askKafka(texts.map((text) => ({ ask: 'properties', text })))
  const theirs = answers.map(({ error, value }) => (error === null ? value : 'Malformed'))
  const differences = texts.flatMap((text, index) =>
    JSON.stringify(ours(text)) === JSON.stringify(theirs[index]) ? [] : [{ text, ours: ours(text), theirs: theirs[index] }],
  )
  expect(differences, `ODRADEK_SEED=${seed}`).toEqual([])
})
