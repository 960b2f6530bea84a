import type { NodeConfig } from './node-config.ts'
import { missingFor } from './planned-settings.ts'
import { findSetting, isSecretName } from './setting-names.ts'
import { HIDDEN } from './values/secret.ts'

/**
 * What `odradek config` prints: a line for each setting, `name=value  # where it was written`.
 * Secrets read `[hidden]`; what has no effect here, or none yet, is said so.
 */
export function printConfig(config: NodeConfig, names: readonly string[] = config.names()): string {
  return names.map((name) => `${line(config, name)}\n`).join('')
}

function line(config: NodeConfig, name: string): string {
  const { text, origin } = config.inForce(name)
  return `${name}=${shown(name, text)}  # ${origin}${effectOf(name)}`
}

/** '' where it has one, or the documentation says what it does in place of it. */
function effectOf(name: string): string {
  const found = findSetting(name)
  if (found === null || found.setting.instead !== null) return ''
  if (found.setting.does === null) return '; no effect here'
  const missing = missingFor(found.base)
  return missing === null ? '' : `; no effect yet: ${missing}`
}

function shown(name: string, text: string | null): string {
  if (text === null) return ''
  return isSecretName(name) ? HIDDEN : escapeControls(text)
}

/** A value stays on its line. */
function escapeControls(text: string): string {
  return text.replaceAll(/[\p{Cc}\\]/gu, (character) => (character === '\\' ? '\\\\' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`))
}
