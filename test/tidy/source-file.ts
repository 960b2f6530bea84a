import { codeOf } from './code-of.ts'

export interface Import {
  readonly specifier: string
  /** Counted from 1. */
  readonly line: number
  /** Names taken from the module, as they are called there; empty for `* as x` and side effects. */
  readonly names: readonly string[]
  /** The name under which the whole module (or its default) is known here. */
  readonly namespace: string | null
  /** Erased by the compiler. */
  readonly isTypeOnly: boolean
  readonly kind: 'import' | 're-export' | 'dynamic'
}

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string
  /** The text with the insides of comments, strings and regular expressions blanked, at the same places. */
  readonly code: string
  readonly imports: readonly Import[]
}

/** `import a, { b } from 'c'`, `export * from 'c'`: everything with a `from`. The strings are blank here, and read from the text. */
const FROM = /(?<![\w$.])(import|export)\s+(type\s+)?(\*(?:\s*as\s+[\w$]+)?|[\w$]+(?:\s*,\s*(?:\{[^}]*\}|\*\s*as\s+[\w$]+))?|\{[^}]*\})\s*from\s*(['"])/g
const SIDE_EFFECT = /(?<![\w$.])import\s*(['"])/g
/** Not `typeof import('x')` and the like, which are types. */
const DYNAMIC = /(?<![\w$.]|\b(?:typeof|as)\s+|:\s*)import\s*\(\s*(.?)/g

export function readSource(path: string, text: string): SourceFile {
  const code = codeOf(text)
  return { path, code, imports: [...fromImports(text, code), ...sideEffects(text, code), ...dynamicImports(text, code)] }
}

/** The line, counted from 1, of a position in the text. */
export function lineOf(text: string, position: number): number {
  let line = 1
  for (let index = text.indexOf('\n'); index >= 0 && index < position; index = text.indexOf('\n', index + 1)) line++
  return line
}

function fromImports(text: string, code: string): Import[] {
  return [...code.matchAll(FROM)].map((match) => {
    const [whole, keyword, type, clause = '', quote = ''] = match
    const names = namesIn(clause)
    return {
      specifier: stringAt(text, match.index + whole.length, quote),
      line: lineOf(text, match.index),
      names: names.map(({ name }) => name),
      namespace: /^(?:\*\s*as\s+)?([\w$]+)/.exec(clause)?.[1] ?? null,
      isTypeOnly: type !== undefined || (names.length > 0 && clause.startsWith('{') && names.every((each) => each.isType)),
      kind: keyword === 'import' ? 'import' : 're-export',
    }
  })
}

function namesIn(clause: string): { readonly name: string; readonly isType: boolean }[] {
  const braces = /\{([^}]*)\}/.exec(clause)?.[1] ?? ''
  const parts = braces.split(',').map((part) => part.trim())
  return parts
    .filter((part) => part !== '')
    .map((part) => ({ isType: /^type\s/.test(part), name: part.replace(/^type\s+/, '').replace(/\s+as\s+[\w$]+$/, '') }))
}

function sideEffects(text: string, code: string): Import[] {
  return [...code.matchAll(SIDE_EFFECT)].map((match) => ({
    specifier: stringAt(text, match.index + match[0].length, match[1] ?? ''),
    line: lineOf(text, match.index),
    names: [],
    namespace: null,
    isTypeOnly: false,
    kind: 'import' as const,
  }))
}

/** A dynamic import of something computed has the specifier `(computed)`. */
function dynamicImports(text: string, code: string): Import[] {
  return [...code.matchAll(DYNAMIC)].map((match) => {
    const quote = match[1] ?? ''
    const isLiteral = quote === "'" || quote === '"'
    return {
      specifier: isLiteral ? stringAt(text, match.index + match[0].length, quote) : '(computed)',
      line: lineOf(text, match.index),
      names: [],
      namespace: null,
      isTypeOnly: false,
      kind: 'dynamic' as const,
    }
  })
}

function stringAt(text: string, position: number, quote: string): string {
  return text.slice(position, text.indexOf(quote, position))
}
