/** What the group coordinator's pattern library (RE2) would say. JavaScript's patterns know all of its syntax that topics need. */
export function validateRegex(text: string): string {
  try {
    new RegExp(text)
    return `The regular expression \`${text}\` is valid.\n`
  } catch (error) {
    return `The regular expression \`${text}\` is invalid: ${reason((error as Error).message)}.\n`
  }
}

/** In RE2's words, by how JavaScript's end. */
const REASONS: Readonly<Record<string, string>> = {
  'Unterminated group': 'missing closing )',
  'Unterminated character class': 'missing closing ]',
  "Unmatched ')'": 'unexpected )',
  'Nothing to repeat': 'missing argument to repetition operator',
  '\\ at end of pattern': 'trailing backslash at end of expression',
}

function reason(message: string): string {
  const end = Object.keys(REASONS).find((known) => message.endsWith(known))
  return end === undefined ? message.slice(message.lastIndexOf(': ') + 2) : (REASONS[end] ?? '')
}
