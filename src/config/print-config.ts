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

/** A setting in force, as `odradek config --json` tells of it. */
export interface SettingFacts {
  readonly name: string
  /** As it would be written; null where it is not set, or secret. */
  readonly value: string | null
  readonly isSecret: boolean
  /** Where it was written: a file with its line, a variable, `--set`, a profile, or `default`. */
  readonly origin: string
  /** Why it changes nothing here; null where it does, or the documentation says what it does in place of it. */
  readonly noEffect: string | null
}

export function settingFacts(config: NodeConfig, names: readonly string[] = config.names()): readonly SettingFacts[] {
  return names.map((name) => {
    const { text, origin } = config.inForce(name)
    const isSecret = isSecretName(name)
    return { name, value: isSecret ? null : text, isSecret, origin, noEffect: noEffectOf(name) }
  })
}

function line(config: NodeConfig, name: string): string {
  const { text, origin } = config.inForce(name)
  const noEffect = noEffectOf(name)
  return `${name}=${shown(name, text)}  # ${origin}${noEffect === null ? '' : `; ${noEffect}`}`
}

function noEffectOf(name: string): string | null {
  const found = findSetting(name)
  if (found === null || found.setting.instead !== null) return null
  if (found.setting.does === null) return 'no effect here'
  const missing = missingFor(found.base)
  return missing === null ? null : `no effect yet: ${missing}`
}

function shown(name: string, text: string | null): string {
  if (text === null) return ''
  return isSecretName(name) ? HIDDEN : escapeControls(text)
}

/** A value stays on its line. */
function escapeControls(text: string): string {
  return text.replaceAll(/[\p{Cc}\\]/gu, (character) => (character === '\\' ? '\\\\' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`))
}
