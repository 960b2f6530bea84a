import type { Credentials } from '../../../client/sasl/mechanism.ts'

const CONTROL_FLAGS = ['required', 'requisite', 'sufficient', 'optional']
/** A word, `=`, `;`, or text in quotes, in which a backslash stands before a character that is taken as it is. */
const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s=;"']+)|([=;]))/gsy

/**
 * The user name and password of a `sasl.jaas.config`: one login module, its flag, and options up to a semicolon.
 * Source: the documentation of javax.security.auth.login.Configuration; KIP-85.
 * @returns null where the text is no such thing, or lacks one of the two
 */
export function credentialsOf(text: string): Credentials | null {
  const tokens = tokensOf(text)
  const [module, flag, ...rest] = tokens ?? []
  if (module === undefined || flag === undefined || !CONTROL_FLAGS.includes(flag.toLowerCase()) || rest.at(-1) !== ';') return null
  const options = new Map<string, string>()
  for (let at = 0; at < rest.length - 1; at += 3) {
    const [name, equals, value] = rest.slice(at, at + 3)
    if (name === undefined || equals !== '=' || value === undefined || at + 3 > rest.length - 1) return null
    options.set(name, value)
  }
  const [username, password] = [options.get('username'), options.get('password')]
  return username === undefined || password === undefined ? null : { username, password }
}

/** null where the text holds what is no token. */
function tokensOf(text: string): string[] | null {
  const tokens: string[] = []
  let end = 0
  for (const match of text.trim().matchAll(TOKEN)) {
    const [whole, inDouble, inSingle, word, sign] = match
    tokens.push((inDouble ?? inSingle)?.replace(/\\(.)/gs, '$1') ?? word ?? sign ?? '')
    end = match.index + whole.length
  }
  return end === text.trim().length ? tokens : null
}
