import { assert } from '../../../src/base/assert.ts'
import type { Random } from '../../../src/base/ports.ts'

/**
 * Chance that a seed determines: sfc32, four words of state, fast and good enough for everything but secrets.
 * Parts of the world draw from forks of their own, so that one more draw in one part changes nothing in the others.
 */
export class SeededRandom implements Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number | string) {
    const words = seedWords(String(seed))
    this.#a = words[0]
    this.#b = words[1]
    this.#c = words[2]
    for (let round = 0; round < 12; round++) this.word()
  }

  /** A stream of its own, given by this stream's next draw and the label. */
  fork(label: string): SeededRandom {
    return new SeededRandom(`${this.word()}/${label}`)
  }

  /** 32 random bits. Source: sfc32 of PractRand. */
  word(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  below(bound: number): number {
    assert(Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 48, 'a random bound is a whole number from 1 to 2^48')
    return Math.floor(this.fraction() * bound)
  }

  fraction(): number {
    // 53 bits, as many as a number in [0, 1) has.
    return ((this.word() >>> 5) * 2 ** 26 + (this.word() >>> 6)) / 2 ** 53
  }

  bytes(count: number): Buffer {
    const bytes = Buffer.alloc(count)
    for (let index = 0; index < count; index++) bytes[index] = this.word() & 0xff
    return bytes
  }

  /** A number in [min, max). */
  between(min: number, max: number): number {
    return min + this.fraction() * (max - min)
  }

  /** True with this probability; draws also when it is 0 or 1, so that changing it moves nothing else. */
  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  pick<T>(choices: readonly T[]): T {
    assert(choices.length > 0, 'there is something to choose from')
    return choices[this.below(choices.length)] as T
  }
}

/** Three words from any text: FNV-1a with different starts. */
function seedWords(text: string): [number, number, number] {
  const words: [number, number, number] = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b]
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    for (let word = 0; word < 3; word++) words[word] = Math.imul((words[word] as number) ^ (code + word), 0x01000193)
  }
  return words
}
