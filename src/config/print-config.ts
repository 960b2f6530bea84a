import type { NodeConfig } from './node-config.ts'
import { HIDDEN } from './secret.ts'
import { findSetting, isSecretName } from './setting-names.ts'

/**
 * What `odradek config` prints: for each value in force a comment that says where it was written, then `name=value`.
 * Secrets read `[hidden]`; a setting without a value stands as a comment; what has no effect here is said so.
 * The lines are a properties file that gives the same node again, secrets apart.
 */
export function printConfig(config: NodeConfig): string {
  return config
    .names()
    .map((name) => `${line(config, name)}\n`)
    .join('')
}

function line(config: NodeConfig, name: string): string {
  const { text, origin } = config.inForce(name)
  const setting = findSetting(name)?.setting
  const acts = setting?.does !== null || setting.instead !== null
  const remark = `# ${origin}${acts ? '' : '; no effect here'}`
  if (text === null) return `${remark}\n#${name}=`
  return `${remark}\n${name}=${isSecretName(name) ? HIDDEN : escapeValue(text)}`
}

/** Written so that a properties file gives the same text back. */
function escapeValue(text: string): string {
  const controls: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\f': '\\f', '\\': '\\\\' }
  const escaped = text.replaceAll(/[\t\n\r\f\\]/g, (character) => controls[character] ?? character)
  return escaped.replaceAll(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).replace(/^ /, '\\ ')
}
