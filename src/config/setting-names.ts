import { type BrokerSettingName, brokerSettings, isBrokerSetting } from './broker-settings.ts'
import type { Setting } from './setting.ts'
import type { SettingValue } from './values/setting-value.ts'

const LISTENER_PREFIX = 'listener.name.'

/** A name that may stand in a node's configuration, and the setting that says what its value must be. */
export interface KnownName {
  readonly setting: Setting<SettingValue>
  /** The setting's own name, without a listener's or a mechanism's prefix. */
  readonly base: BrokerSettingName
}

/**
 * Finds the setting behind a name: itself, or for one listener (`listener.name.<listener>.<setting>`, lower case), or for
 * one SASL mechanism of it (`listener.name.<listener>.<mechanism>.<setting>`). null when there is none.
 */
export function findSetting(name: string): KnownName | null {
  if (isBrokerSetting(name)) return known(name)
  if (!name.startsWith(LISTENER_PREFIX)) return null
  const [, ...afterListener] = name.slice(LISTENER_PREFIX.length).split('.')
  return findBase(afterListener.join('.')) ?? findMechanismSetting(afterListener.slice(1).join('.'))
}

export function listenerPrefix(listenerName: string): string {
  return `${LISTENER_PREFIX}${listenerName.toLowerCase()}.`
}

function findMechanismSetting(name: string): KnownName | null {
  return name.startsWith('sasl.') || name === 'connections.max.reauth.ms' ? findBase(name) : null
}

function findBase(name: string): KnownName | null {
  return isBrokerSetting(name) ? known(name) : null
}

function known(base: BrokerSettingName): KnownName {
  return { base, setting: brokerSettings[base] }
}

/** True when the value of this name must never be shown. Names that nobody knows may hold anything. */
export function isSecretName(name: string): boolean {
  const found = findSetting(name)
  return found === null || found.setting.type === 'password'
}
