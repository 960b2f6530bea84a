import type { TranslatedPattern } from './java-regexp.ts'

/** One step of matching; `next` and `other` are places in the program. */
export type Instruction =
  | { readonly kind: 'match' }
  /** @param character a UTF-16 unit */
  | { readonly kind: 'character'; matches(character: number): boolean; readonly next: number }
  | { readonly kind: 'split'; next: number; other: number }
  | { readonly kind: 'assertion'; holds(text: string, at: number): boolean; readonly next: number }

export interface Program {
  readonly instructions: readonly Instruction[]
  readonly start: number
}

/** So that matching 1,000 characters takes some milliseconds at most. */
const MAX_INSTRUCTIONS = 500
const MAX_STEPS = 1_000
const ASCII = 128

type Piece =
  | { readonly kind: 'character'; matches(character: number): boolean }
  | { readonly kind: 'assertion'; holds(text: string, at: number): boolean }
  | { readonly kind: 'sequence'; readonly pieces: readonly Piece[] }
  | { readonly kind: 'choice'; readonly pieces: readonly Piece[] }
  | { readonly kind: 'repeated'; readonly piece: Piece; readonly least: number; readonly most: number }

/** The pattern cannot be compiled: it is no expression, or takes going back, or is too large. */
class Uncompilable extends Error {}

/** null for what cannot be compiled, as `linearRegExp` says. */
export function compiledPattern({ steps, flags }: TranslatedPattern): Program | null {
  if (steps.length > MAX_STEPS) return null
  try {
    const parser = new Parser(steps.flatMap(singleSteps), flags)
    const compiler = new Compiler()
    const start = compiler.compile(parser.whole(), compiler.add({ kind: 'match' }))
    return { instructions: compiler.instructions, start }
  } catch (error) {
    if (error instanceof Uncompilable || error instanceof SyntaxError) return null
    throw error
  }
}

/** Quoted characters stand in one step. */
function singleSteps(step: string): readonly string[] {
  const isSingle = step.length === 1 || /^(?:\[|\(|\{|\\(?:x|u|k))/.test(step)
  return isSingle ? [step] : (step.match(/\\?[\s\S]/g) ?? [])
}

const GROUP = /^\((?:\?:|\?<[A-Za-z][A-Za-z0-9]*>)?$/
const COUNTS = /^\{(\d+)(?:(,)(\d*))?\}$/
/** What a group matched. */
const REFERENCE = /^\\(?:[1-9]|k)/
const isWord = (character: string | undefined) => character !== undefined && /\w/.test(character)
const isBoundary = (text: string, at: number) => isWord(text[at - 1]) !== isWord(text[at])

const ASSERTIONS: Readonly<Record<string, (text: string, at: number) => boolean>> = {
  '^': (_, at) => at === 0,
  $: (text, at) => at === text.length,
  '\\b': isBoundary,
  '\\B': (text, at) => !isBoundary(text, at),
}

/** Reads steps into pieces. */
class Parser {
  readonly #steps: readonly string[]
  readonly #flags: string
  #at = 0

  constructor(steps: readonly string[], flags: string) {
    this.#steps = steps
    this.#flags = flags
  }

  whole(): Piece {
    const piece = this.#choice()
    if (this.#at < this.#steps.length) throw new Uncompilable('a group ends that did not begin')
    return piece
  }

  #choice(): Piece {
    const pieces = [this.#sequence()]
    while (this.#steps[this.#at] === '|') {
      this.#at += 1
      pieces.push(this.#sequence())
    }
    return { kind: 'choice', pieces }
  }

  #sequence(): Piece {
    const pieces: Piece[] = []
    for (let step = this.#steps[this.#at]; step !== undefined && step !== '|' && step !== ')'; step = this.#steps[this.#at]) {
      this.#at += 1
      pieces.push(this.#repeated(this.#single(step)))
    }
    return { kind: 'sequence', pieces }
  }

  #single(step: string): Piece {
    const assertion = ASSERTIONS[step]
    if (assertion !== undefined) return { kind: 'assertion', holds: assertion }
    if (GROUP.test(step)) return this.#group()
    if (step.startsWith('(') || REFERENCE.test(step) || countsOf(step) !== null) throw new Uncompilable(`${step} is not for this`)
    return { kind: 'character', matches: characterTest(step, this.#flags) }
  }

  #group(): Piece {
    const piece = this.#choice()
    if (this.#steps[this.#at] !== ')') throw new Uncompilable('a group does not end')
    this.#at += 1
    return piece
  }

  /** Whether as many or as few as possible are taken is the same for a whole text. */
  #repeated(piece: Piece): Piece {
    const counts = countsOf(this.#steps[this.#at])
    if (counts === null) return piece
    this.#at += 1
    if (this.#steps[this.#at] === '?') this.#at += 1
    if (piece.kind === 'assertion' || countsOf(this.#steps[this.#at]) !== null) throw new Uncompilable('there is nothing to repeat')
    return { kind: 'repeated', piece, ...counts }
  }
}

/** null for a step that is no quantifier. */
function countsOf(step: string | undefined): { readonly least: number; readonly most: number } | null {
  if (step === '*') return { least: 0, most: Number.POSITIVE_INFINITY }
  if (step === '+') return { least: 1, most: Number.POSITIVE_INFINITY }
  if (step === '?') return { least: 0, most: 1 }
  const [, least, comma, most] = COUNTS.exec(step ?? '') ?? []
  if (least === undefined) return null
  if (comma === undefined) return { least: Number(least), most: Number(least) }
  const counts = { least: Number(least), most: most === '' ? Number.POSITIVE_INFINITY : Number(most) }
  if (counts.most < counts.least) throw new Uncompilable('a repetition that ends before it begins')
  return counts
}

/** By JavaScript's own reading of one character; what is usual is found out once. */
function characterTest(step: string, flags: string): (character: number) => boolean {
  const expression = new RegExp(`^(?:${step})$`, flags)
  const usual = Uint8Array.from({ length: ASCII }, (_, code) => Number(expression.test(String.fromCharCode(code))))
  return (character) => (character < ASCII ? usual[character] === 1 : expression.test(String.fromCharCode(character)))
}

/** Writes pieces as instructions, the last first: each knows where matching goes on behind it. */
class Compiler {
  readonly instructions: Instruction[] = []

  /** @returns its place */
  add(instruction: Instruction): number {
    if (this.instructions.length >= MAX_INSTRUCTIONS) throw new Uncompilable('it is too large')
    return this.instructions.push(instruction) - 1
  }

  /** @param next where matching goes on @returns where it begins */
  compile(piece: Piece, next: number): number {
    switch (piece.kind) {
      case 'character':
      case 'assertion':
        return this.add({ ...piece, next })
      case 'sequence':
        return piece.pieces.reduceRight((behind, part) => this.compile(part, behind), next)
      case 'choice':
        return piece.pieces.map((part) => this.compile(part, next)).reduceRight((other, one) => this.add({ kind: 'split', next: one, other }))
      case 'repeated':
        return this.#repeated(piece, next)
    }
  }

  #repeated({ piece, least, most }: Extract<Piece, { kind: 'repeated' }>, next: number): number {
    let start = next
    if (most === Number.POSITIVE_INFINITY) start = this.#any(piece, next)
    // Each of those that may be there is there only behind the one before.
    else for (let count = least; count < most; count++) start = this.add({ kind: 'split', next: this.compile(piece, start), other: next })
    for (let count = 0; count < least; count++) start = this.compile(piece, start)
    return start
  }

  /** As many as there are. */
  #any(piece: Piece, next: number): number {
    const split: Extract<Instruction, { kind: 'split' }> = { kind: 'split', next, other: next }
    const place = this.add(split)
    split.next = this.compile(piece, place)
    return place
  }
}
