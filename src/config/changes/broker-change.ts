/**
 * What a broker says to a change of brokers' settings before the controller is asked: it alone knows what it was started with.
 * Source: kafka.server.ConfigAdminManager; KIP-226, KIP-339.
 */
import { brokerSettings, isBrokerSetting, isDynamicOnly } from '../broker-settings.ts'
import type { DynamicLayer, NodeConfig } from '../node-config.ts'
import { type ConfigRefusal, refusedConfig, refusedRequest } from '../rules/config-refusal.ts'
import { formatDefault } from '../values/format-value.ts'
import { splitAsJava } from '../values/java-split.ts'
import type { ConfigChange } from './config-operation.ts'
import { dynamicUpdateRefusal } from './dynamic-update.ts'
import { withoutItems } from './list-edit.ts'

/**
 * @param before what is written for the layer now
 * @returns why the changes cannot be made; null when they can
 */
export function brokerChangeRefusal(
  config: NodeConfig,
  layer: DynamicLayer,
  before: ReadonlyMap<string, string>,
  changes: readonly ConfigChange[],
): ConfigRefusal | null {
  const values = config.takenDynamically(layer, before)
  for (const change of changes) {
    const refusal = apply(values, change)
    if (refusal !== null) return refusal
  }
  return replacementRefusal(config, layer, values)
}

/** The same where `values` are to be all that is written for the layer. */
export function replacementRefusal(config: NodeConfig, layer: DynamicLayer, values: ReadonlyMap<string, string>): ConfigRefusal | null {
  const refusal = dynamicUpdateRefusal(config, layer, values)
  return refusal === null ? null : refusedRequest(refusal)
}

function apply(values: Map<string, string>, { name, operation, value }: ConfigChange): ConfigRefusal | null {
  const given = value ?? ''
  switch (operation) {
    case 'set':
      values.set(name, given)
      return null
    case 'delete':
      values.delete(name)
      return null
    case 'append':
    case 'subtract': {
      if (!isBrokerSetting(name) || isDynamicOnly(name)) return refusedConfig(`Unknown config name: ${name}`)
      if (brokerSettings[name].type !== 'list') return refusedConfig(`Config value ${operation} is not allowed for config key: ${name}`)
      const text = values.get(name) ?? formatDefault(brokerSettings[name]) ?? ''
      values.set(name, operation === 'append' ? appended(text, given) : withoutItems(splitAsJava(text, ','), splitAsJava(given, ',')).join())
      return null
    }
  }
}

function appended(text: string, more: string): string {
  const items = text === '' ? [] : splitAsJava(text, ',')
  const known = new Set(items)
  return [...items, ...splitAsJava(more, ',').filter((item) => !known.has(item))].join()
}
