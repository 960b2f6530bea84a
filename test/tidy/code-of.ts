/**
 * Blanks whatever is not code in a TypeScript text, so that rules can be looked for with plain patterns: the insides of
 * comments, strings, templates (but not of `${…}` in them) and regular expressions become spaces. Lengths and line breaks stay.
 */
export function codeOf(text: string): string {
  return new Blanker(text).run()
}

/** Behind these a `/` begins a regular expression; behind anything else it divides. */
const BEFORE_EXPRESSION = /(?:^|[([{,;=:!&|?+\-*%<>~^]|(?<![\w$.])(?:return|typeof|case|in|of|delete|void|throw|new|else|do|yield|await))\s*$/

class Blanker {
  readonly #text: string
  readonly #blank: { readonly start: number; readonly end: number }[] = []
  #position = 0

  constructor(text: string) {
    this.#text = text
  }

  run(): string {
    this.#code(false)
    let result = ''
    let kept = 0
    for (const { start, end } of this.#blank) {
      result += this.#text.slice(kept, start) + this.#text.slice(start, end).replace(/[^\n]/g, ' ')
      kept = end
    }
    return result + this.#text.slice(kept)
  }

  /** Up to the end, or behind the brace that ends a `${`. */
  #code(isInTemplate: boolean): void {
    let depth = 0
    while (this.#position < this.#text.length) {
      const character = this.#text[this.#position] as string
      if (character === "'" || character === '"') this.#string(character)
      else if (character === '`') this.#template()
      else if (character === '/') this.#slash()
      else {
        this.#position++
        if (character === '{') depth++
        if (character === '}' && --depth < 0 && isInTemplate) return
      }
    }
  }

  #slash(): void {
    const next = this.#text[this.#position + 1]
    if (next === '/') this.#blankTo(this.#find('\n', this.#position))
    else if (next === '*') this.#blankTo(this.#find('*/', this.#position + 2) + 2)
    else if (BEFORE_EXPRESSION.test(this.#lastCode())) this.#regularExpression()
    else this.#position++
  }

  /** The code right before, without comments: enough of it to tell an expression's place. */
  #lastCode(): string {
    const last = this.#blank.at(-1)
    const from = Math.max(0, this.#position - 200)
    const code = this.#text.slice(from, this.#position)
    if (last === undefined || last.end < from || !this.#text.startsWith('/', last.start)) return code
    return code.slice(0, Math.max(0, last.start - from)) + code.slice(last.end - from)
  }

  #string(quote: string): void {
    const start = this.#position + 1
    this.#position = start
    while (this.#position < this.#text.length && this.#text[this.#position] !== quote && this.#text[this.#position] !== '\n') this.#skipCharacter()
    this.#blank.push({ start, end: this.#position })
    this.#position++
  }

  #template(): void {
    let start = ++this.#position
    while (this.#position < this.#text.length && this.#text[this.#position] !== '`') {
      if (!this.#text.startsWith('${', this.#position)) {
        this.#skipCharacter()
        continue
      }
      this.#blank.push({ start, end: this.#position })
      this.#position += 2
      this.#code(true)
      start = this.#position
    }
    this.#blank.push({ start, end: this.#position })
    this.#position++
  }

  #regularExpression(): void {
    const start = this.#position + 1
    let isInClass = false
    this.#position = start
    while (this.#position < this.#text.length && this.#text[this.#position] !== '\n') {
      const character = this.#text[this.#position]
      if (character === '/' && !isInClass) break
      if (character === '[') isInClass = true
      if (character === ']') isInClass = false
      this.#skipCharacter()
    }
    this.#blank.push({ start, end: this.#position })
    this.#position++
  }

  #skipCharacter(): void {
    this.#position += this.#text[this.#position] === '\\' ? 2 : 1
  }

  #blankTo(end: number): void {
    this.#blank.push({ start: this.#position, end })
    this.#position = end
  }

  #find(what: string, from: number): number {
    const found = this.#text.indexOf(what, from)
    return found < 0 ? this.#text.length : found
  }
}
