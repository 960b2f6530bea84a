import { translatedPattern } from './java-regexp.ts'
import { compiledPattern, type Program } from './regexp-program.ts'

/** Whether a whole text is of a form. */
export interface TextMatcher {
  test(text: string): boolean
}

/**
 * As `javaRegExp`, for texts that a stranger chose: the time that matching takes grows with the length of the text, whatever the pattern, while
 * an expression of JavaScript such as `(a+)+b` may take twice as long for each further character. null also for what takes going back: looking
 * ahead and behind, and repeating what a group matched; and for patterns that are very large with their repetitions written out.
 *
 * Source: R. Cox, "Regular Expression Matching: the Virtual Machine Approach" (K. Thompson's and R. Pike's way).
 */
export function linearRegExp(text: string): TextMatcher | null {
  const translated = translatedPattern(text)
  const program = translated === null ? null : compiledPattern(translated)
  return program === null ? null : { test: (candidate) => matches(program, candidate) }
}

/** All places in the program at which a match may be, moved on together by each character. */
function matches(program: Program, text: string): boolean {
  let places = new Places(program)
  let next = new Places(program)
  places.add(program.start, text, 0)
  for (let at = 0; at < text.length && places.list.length > 0; at++) {
    const character = text.charCodeAt(at)
    next.clear()
    for (const place of places.list) {
      const instruction = program.instructions[place]
      if (instruction?.kind === 'character' && instruction.matches(character)) next.add(instruction.next, text, at + 1)
    }
    ;[places, next] = [next, places]
  }
  return places.list.some((place) => program.instructions[place]?.kind === 'match')
}

/** Each once, with those that are reached from it without a character. */
class Places {
  list: number[] = []
  readonly #program: Program
  readonly #seen: Uint8Array

  constructor(program: Program) {
    this.#program = program
    this.#seen = new Uint8Array(program.instructions.length)
  }

  clear(): void {
    this.list = []
    this.#seen.fill(0)
  }

  add(first: number, text: string, at: number): void {
    for (const open = [first]; open.length > 0; ) {
      const place = open.pop() as number
      const instruction = this.#program.instructions[place]
      if (instruction === undefined || this.#seen[place] === 1) continue
      this.#seen[place] = 1
      if (instruction.kind === 'split') open.push(instruction.other, instruction.next)
      else if (instruction.kind === 'assertion') {
        if (instruction.holds(text, at)) open.push(instruction.next)
      } else this.list.push(place)
    }
  }
}
