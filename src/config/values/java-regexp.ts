/** What Java writes otherwise than JavaScript, and JavaScript can say. */
const TRANSLATED: Readonly<Record<string, string>> = { '\\A': '^', '\\z': '$', '\\Z': '$', '\\h': '[ \\t\\xA0]', '\\e': '\\x1B', '\\a': '\\x07' }
/** Both languages read them alike. */
const SHARED_ESCAPE = /^\\(?:[tnrfdDsSwWbB1-9]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|k<[A-Za-z][A-Za-z0-9]*>|[^A-Za-z0-9])/
const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})/
/** Groups that both languages know. */
const GROUP = /^\((?!\?)|^\(\?(?:[:=!]|<[=!]|<[A-Za-z][A-Za-z0-9]*>)/
const IGNORING_CASE = '(?i)'

interface Step {
  readonly text: string
  /** Characters of the pattern that it stands for. */
  readonly length: number
}

/**
 * What matches the texts that Java's `Pattern.compile(text).matcher(…).matches()` does: whole texts. null for what
 * JavaScript's expressions cannot say: possessive repetitions, atomic groups, flags but a leading `(?i)`, classes of Unicode,
 * and classes made of classes.
 *
 * @param text a pattern that Java takes
 */
export function javaRegExp(text: string): RegExp | null {
  const translated = translatedPattern(text)
  if (translated === null) return null
  try {
    return new RegExp(`^(?:${translated.steps.join('')})$`, translated.flags)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** A pattern of Java as JavaScript says it. */
export interface TranslatedPattern {
  /** Each a character, a class, an escape, the beginning or the end of a group, a bar, a quantifier without its `?`, or quoted characters. */
  readonly steps: readonly string[]
  readonly flags: '' | 'i'
}

/** null for what cannot be said; what can may still be no expression. */
export function translatedPattern(text: string): TranslatedPattern | null {
  const ignoresCase = text.startsWith(IGNORING_CASE)
  const steps: string[] = []
  for (let rest = ignoresCase ? text.slice(IGNORING_CASE.length) : text; rest !== ''; ) {
    const step: Step | null = rest.startsWith('[') ? characterClass(rest) : outsideClass(rest)
    if (step === null) return null
    steps.push(step.text)
    rest = rest.slice(step.length)
  }
  return { steps, flags: ignoresCase ? 'i' : '' }
}

function outsideClass(rest: string): Step | null {
  if (rest.startsWith('\\')) return escaped(rest)
  if (rest.startsWith('(')) return same(GROUP.exec(rest)?.[0])
  const quantifier = QUANTIFIER.exec(rest)?.[0]
  if (quantifier !== undefined) return rest[quantifier.length] === '+' ? null : same(quantifier)
  return same(rest[0])
}

/** As it stands; a bracket that closes at once is one of the characters for Java. */
function characterClass(rest: string): Step | null {
  const opening = /^\[\^?/.exec(rest)?.[0] as string
  let text = opening
  let at = opening.length
  while (at < rest.length) {
    const character = rest[at] as string
    if (character === ']' && at > opening.length) return { text: `${text}]`, length: at + 1 }
    if (character === '[' || rest.startsWith('&&', at)) return null
    const literal = character === '\\' ? SHARED_ESCAPE.exec(rest.slice(at))?.[0] : character
    if (literal === undefined) return null
    text += literal === ']' ? '\\]' : literal
    at += literal.length
  }
  return null
}

function escaped(rest: string): Step | null {
  if (rest.startsWith('\\Q')) {
    const end = rest.indexOf('\\E')
    const quoted = rest.slice(2, end === -1 ? rest.length : end)
    return { text: quoted.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), length: end === -1 ? rest.length : end + 2 }
  }
  const translated = TRANSLATED[rest.slice(0, 2)]
  return translated === undefined ? same(SHARED_ESCAPE.exec(rest)?.[0]) : { text: translated, length: 2 }
}

function same(text: string | undefined): Step | null {
  return text === undefined ? null : { text, length: text.length }
}
