/** Escapes that Java has and JavaScript has not, or reads otherwise: each stands for some character or place. */
const JAVA_ESCAPE = /^\\(?:[AzZGhHvVRXae]|0[0-3]?[0-7]{1,2}|x\{[0-9A-Fa-f]+\})/
const BRACED = /^\\[pPN]\{[^}]+\}/
const ONE_LETTER_CLASS = /^\\[pP][A-Za-z]/
/** Letters that may follow a backslash in both languages. */
const COMMON_ESCAPE = /^\\(?:[tnrfdDsSwWbBk]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|c.|[1-9]|[^A-Za-z0-9])/s
const FLAGS = /^\(\?[idmsuxU]*(?:-[idmsuxU]+)?([:)])/
const REPETITION = /^\{\d+(?:,\d*)?\}/

/**
 * Whether Java's `Pattern.compile` would take this. It is read as JavaScript's after what only Java has is replaced;
 * names of character properties and back references to groups that are not there are not looked into.
 */
export function isJavaPattern(text: string): boolean {
  const translated = translate(text)
  if (translated === null) return false
  try {
    new RegExp(translated)
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/** null where Java refuses what JavaScript would take. */
function translate(text: string): string | null {
  let rest = text
  let result = ''
  let isInClass = false
  while (rest !== '') {
    const step: Step | null = isInClass ? inClass(rest) : outsideClass(rest)
    if (step === null) return null
    result += step.text
    isInClass = step.isInClass
    rest = rest.slice(step.length)
  }
  return result
}

interface Step {
  readonly text: string
  /** Characters of the pattern that it stands for. */
  readonly length: number
  readonly isInClass: boolean
}

function inClass(rest: string): Step | null {
  if (rest.startsWith('\\')) return escapeStep(rest, true)
  return { text: rest[0] as string, length: 1, isInClass: rest[0] !== ']' }
}

function outsideClass(rest: string): Step | null {
  // Java lets places be repeated.
  const place = /^(?:[$^]|\\[bB])/.exec(rest)?.[0]
  if (place !== undefined) return { text: `(?:${place})`, length: place.length, isInClass: false }
  if (rest.startsWith('\\')) return escapeStep(rest, false)
  // A bracket that closes at once is one of the characters for Java.
  const opening = /^\[\^?\]?/.exec(rest)?.[0]
  if (opening !== undefined) return { text: opening.replace(']', '\\]'), length: opening.length, isInClass: true }
  const flags = FLAGS.exec(rest)
  if (flags !== null) return { text: flags[1] === ':' ? '(?:' : '', length: flags[0].length, isInClass: false }
  if (rest.startsWith('(?>')) return { text: '(?:', length: 3, isInClass: false }
  const repetition = REPETITION.exec(rest)?.[0] ?? /^[*+?]/.exec(rest)?.[0]
  if (repetition !== undefined) return { text: repetition, length: repetition.length + (rest[repetition.length] === '+' ? 1 : 0), isInClass: false }
  if (rest.startsWith('{')) return null
  return { text: rest[0] as string, length: 1, isInClass: false }
}

function escapeStep(rest: string, isInClass: boolean): Step | null {
  if (rest.startsWith('\\Q')) {
    const end = rest.indexOf('\\E')
    return { text: 'a', length: end === -1 ? rest.length : end + 2, isInClass }
  }
  const javas = (BRACED.exec(rest) ?? ONE_LETTER_CLASS.exec(rest) ?? JAVA_ESCAPE.exec(rest))?.[0]
  if (javas !== undefined) return { text: '\\w', length: javas.length, isInClass }
  const common = COMMON_ESCAPE.exec(rest)?.[0]
  return common === undefined ? null : { text: common, length: common.length, isInClass }
}
