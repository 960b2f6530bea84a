import { createReadStream } from 'node:fs'
import { linesOf } from './line-checksum.ts'

/** Lines of text to send through a broker; the same ones each time. */
export interface Corpus {
  readonly name: string
  readonly lineCount: number
  lines(): AsyncIterable<string> | Iterable<string>
}

/** The text that ODRADEK_CORPUS names, or a generated one of ODRADEK_CORPUS_LINES lines by ODRADEK_SEED. */
export async function corpusOfEnvironment(): Promise<Corpus> {
  const file = process.env.ODRADEK_CORPUS
  if (file !== undefined && file !== '') return await fileCorpus(file)
  return generatedCorpus(Number(process.env.ODRADEK_CORPUS_LINES ?? 100_000), Number(process.env.ODRADEK_SEED ?? 1))
}

async function fileCorpus(file: string): Promise<Corpus> {
  const lines = () => textLines(file)
  let lineCount = 0
  for await (const _ of lines()) lineCount++
  return { name: file, lineCount, lines }
}

/** A carriage return ends a line too, alone or before a newline, as for the console producer. */
async function* textLines(file: string): AsyncGenerator<string> {
  for await (const line of linesOf(createReadStream(file))) {
    const text = line.toString()
    yield* (text.endsWith('\r') ? text.slice(0, -1) : text).split('\r')
  }
}

const LONG_LINE_CHARACTERS = 100_000
const ONE_LONG_IN = 10_000
const ONE_EMPTY_IN = 50
const LONGEST_IN_WORDS = 20

const SYLLABLES = ['ka', 'fka', 'od', 'ra', 'dek', 'mo', 'ste', 'vin', 'lu', 'or', 'ben', 'ta', 'shi', 'ne', 'ul']
const SCRIPTS: readonly (readonly [first: number, count: number])[] = [
  [0x00e0, 24],
  [0x03b1, 24],
  [0x0430, 32],
  [0x05d0, 26],
  [0x0905, 50],
  [0x3042, 80],
  [0x4e00, 5_000],
  [0x1f600, 70],
]

/** Words of made-up syllables and of eight scripts (of one to four bytes a character), some lines empty, some of 100 KB. */
export function generatedCorpus(lineCount: number, seed: number): Corpus {
  return { name: `${lineCount} lines of seed ${seed}`, lineCount, lines: () => generate(lineCount, seed) }
}

function* generate(lineCount: number, seed: number): Generator<string> {
  const below = randomBelow(seed)
  for (let index = 0; index < lineCount; index++) {
    if (below(ONE_LONG_IN) === 0) yield longLine(below)
    else if (below(ONE_EMPTY_IN) === 0) yield ''
    else yield Array.from({ length: 1 + below(LONGEST_IN_WORDS) }, () => word(below)).join(' ')
  }
}

function longLine(below: (limit: number) => number): string {
  const text = word(below)
  return text.repeat(Math.ceil(LONG_LINE_CHARACTERS / text.length))
}

function word(below: (limit: number) => number): string {
  if (below(8) > 0) return Array.from({ length: 1 + below(4) }, () => SYLLABLES[below(SYLLABLES.length)]).join('')
  const [first, count] = SCRIPTS[below(SCRIPTS.length)] as readonly [number, number]
  return Array.from({ length: 1 + below(6) }, () => String.fromCodePoint(first + below(count))).join('')
}

/** Mulberry32: whole numbers from 0 to below a limit, the same ones for the same seed. */
function randomBelow(seed: number): (limit: number) => number {
  let state = seed >>> 0
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}
