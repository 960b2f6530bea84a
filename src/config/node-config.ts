/**
 * What is in force on one node. Values come in layers, and the first that has one wins (Kafka's order):
 * set while running for this broker, set while running for all brokers, given at start, default.
 *
 * Invariants: every value held has passed its setting's check; the layer given at start never changes.
 * Which values fit together is the matter of `node-rules.ts`; where they come from, of `load-config.ts`.
 */
import { assert } from '../base/assert.ts'
import { OdradekError } from '../base/errors.ts'
import { type BrokerSettingName, type BrokerValue, brokerSettings, isBrokerSetting, isDynamicOnly } from './broker-settings.ts'
import { dynamicRefusal } from './changes/dynamic-rules.ts'
import { findSetting, listenerPrefix } from './setting-names.ts'
import { formatDefault, formatValue } from './values/format-value.ts'
import { parseSetting } from './values/parse-value.ts'
import type { SettingValue } from './values/setting-value.ts'

/** A value as it was written, and where: `server.properties:12`, `KAFKA_NUM_PARTITIONS`, `--set`, `profile dev`. */
export interface GivenValue {
  readonly text: string
  readonly origin: string
}

/** Where a value in force comes from, by the names of Kafka's DescribeConfigs (KIP-226). */
export type ConfigSource = 'dynamic-topic' | 'dynamic-broker' | 'dynamic-default-broker' | 'static-broker' | 'default'

/** Which settings made while running: for this broker alone, or for all brokers. */
export type DynamicLayer = 'broker' | 'default-broker'

export interface InForce {
  /** As Kafka prints it; null where there is no value; `[hidden]` for secrets. */
  readonly text: string | null
  readonly source: ConfigSource
  /** Where it was written; `default` when nowhere. */
  readonly origin: string
}

/** One layer's value as it was written. */
export interface WrittenValue {
  readonly text: string
  readonly source: ConfigSource
}

export type ConfigListener = (changed: ReadonlySet<BrokerSettingName>) => void

interface Held extends GivenValue {
  readonly value: SettingValue
}

type Layer = ReadonlyMap<string, Held>

/** What is in force, layer over layer; listeners hear the names of what changed while running. */
export class NodeConfig {
  readonly #given: Layer
  #broker: Layer = new Map()
  #defaultBroker: Layer = new Map()
  readonly #values = new Map<string, SettingValue>()
  readonly #listeners = new Set<ConfigListener>()
  #version = 0

  /** Throws an `OdradekError` CONFIG_INVALID that names every value that cannot stand, where it was written and why. */
  constructor(given: ReadonlyMap<string, GivenValue>) {
    this.#given = readGiven(given)
  }

  /** The value in force. Cheap enough to ask for each time it is needed, so that changes take effect. */
  get<Name extends BrokerSettingName>(name: Name): BrokerValue<Name> {
    return this.#value(name) as BrokerValue<Name>
  }

  /** The value for one listener: `listener.name.<listener>.<name>` where it is set, else that of all listeners. */
  getForListener<Name extends BrokerSettingName>(listenerName: string, name: Name): BrokerValue<Name> {
    const own = listenerPrefix(listenerName) + name
    return (this.#find(own) === undefined ? this.#value(name) : this.#value(own)) as BrokerValue<Name>
  }

  /** Grows with every change: what is derived from values can be kept until it does. */
  get version(): number {
    return this.#version
  }

  /** True when the node was given a value at start; profiles count. */
  isGiven(name: string): boolean {
    return this.#given.has(name)
  }

  /** The text given at start and where; for rules that ask what was written. */
  given(name: string): GivenValue | undefined {
    return this.#given.get(name)
  }

  inForce(name: string): InForce {
    const held = this.#find(name)
    const setting = findSetting(name)?.setting
    if (setting === undefined) return { text: null, source: 'default', origin: 'default' }
    if (held === undefined) return { text: formatDefault(setting), source: 'default', origin: 'default' }
    return { text: formatValue(setting.type, held.value), source: this.sourceOf(name), origin: held.origin }
  }

  /** Of the value in force. */
  sourceOf(name: string): ConfigSource {
    if (this.#broker.has(name)) return 'dynamic-broker'
    if (this.#defaultBroker.has(name)) return 'dynamic-default-broker'
    return this.#given.has(name) ? 'static-broker' : 'default'
  }

  /**
   * What stands under this very name, nearest layer first, the default last; a default of nothing is left out,
   * and so are defaults of what only tools set.
   * Texts are as they were written, also those of secrets: who shows them hides those.
   */
  layersOf(name: string): WrittenValue[] {
    const found: WrittenValue[] = []
    for (const [layer, source] of this.#layers()) {
      const held = layer.get(name)
      if (held !== undefined) found.push({ text: held.text, source })
    }
    const setting = isBrokerSetting(name) && !isDynamicOnly(name) ? brokerSettings[name] : null
    const standard = setting === null ? null : formatDefault(setting)
    return standard === null ? found : [...found, { text: standard, source: 'default' }]
  }

  /** The names set while running in one layer, sorted. */
  dynamicNames(layer: DynamicLayer): string[] {
    return [...(layer === 'broker' ? this.#broker : this.#defaultBroker).keys()].sort()
  }

  /** All names with a value: every setting that is not internal, and whatever else is set, sorted. */
  names(): string[] {
    const documented = Object.entries(brokerSettings).filter(([, setting]) => !setting.internal)
    const names = new Set(documented.map(([name]) => name))
    for (const layer of [this.#given, this.#defaultBroker, this.#broker]) for (const name of layer.keys()) names.add(name)
    return [...names].sort()
  }

  /** Why Kafka would refuse these as the whole of a layer's values, in its words; null when it would take them. */
  checkDynamic(layer: DynamicLayer, values: ReadonlyMap<string, string>): string | null {
    return dynamicRefusal(layer === 'broker', values)
  }

  /**
   * Replaces layers made while running by what the metadata log says now, and tells the listeners what changed.
   * Several layers change at once, so that nobody acts on one without the other. Values that this node does not take (not
   * dynamic, not parseable: another version may have written them) are left out and returned, as Kafka logs and ignores
   * them. Names that nobody knows are kept, for a plug-in may read them.
   */
  setDynamicLayers(layers: ReadonlyMap<DynamicLayer, ReadonlyMap<string, string>>): readonly string[] {
    const next = new Map([...layers].map(([layer, values]) => [layer, this.#readLayer(layer, values)] as const))
    this.#replace(next)
    return [...layers].flatMap(([layer, values]) => [...values.keys()].filter((name) => next.get(layer)?.has(name) !== true))
  }

  /** The same for one layer. */
  setDynamic(layer: DynamicLayer, values: ReadonlyMap<string, string>): readonly string[] {
    return this.setDynamicLayers(new Map([[layer, values]]))
  }

  /** Of `values` those that this node takes in that layer. */
  takenDynamically(layer: DynamicLayer, values: ReadonlyMap<string, string>): Map<string, string> {
    return new Map([...values].filter(([name, text]) => this.#readDynamic(layer, name, text) !== undefined))
  }

  /** What would be in force if one layer made while running were this one: for judging a change before it is made. Nobody listens to it. */
  withDynamic(layer: DynamicLayer, values: ReadonlyMap<string, string>): NodeConfig {
    const next = new NodeConfig(this.#given)
    next.#broker = this.#broker
    next.#defaultBroker = this.#defaultBroker
    next.setDynamic(layer, values)
    return next
  }

  /** Calls `listener` after each change, with the names whose value in force is another now. The result ends that. */
  onChange(listener: ConfigListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** undefined where this node does not take the value. */
  #readDynamic(layer: DynamicLayer, name: string, text: string): SettingValue | undefined {
    if (this.checkDynamic(layer, new Map([[name, text]])) !== null) return undefined
    const setting = findSetting(name)?.setting
    return setting === undefined ? text : parseSetting(name, setting, text).value
  }

  #readLayer(layer: DynamicLayer, values: ReadonlyMap<string, string>): Layer {
    const origin = layer === 'broker' ? 'set for this broker' : 'set for all brokers'
    const read = new Map<string, Held>()
    for (const [name, text] of values) {
      const value = this.#readDynamic(layer, name, text)
      if (value !== undefined) read.set(name, { text, value, origin })
    }
    return read
  }

  #replace(layers: ReadonlyMap<DynamicLayer, Layer>): void {
    const next = { broker: layers.get('broker') ?? this.#broker, defaultBroker: layers.get('default-broker') ?? this.#defaultBroker }
    const touched = new Set([this.#broker, this.#defaultBroker, next.broker, next.defaultBroker].flatMap((layer) => [...layer.keys()]))
    const old = new Map([...touched].map((name) => [name, this.#comparable(name)]))
    this.#broker = next.broker
    this.#defaultBroker = next.defaultBroker
    this.#values.clear()
    const changed = new Set<BrokerSettingName>()
    for (const name of touched) {
      const base = findSetting(name)?.base
      if (base !== undefined && old.get(name) !== this.#comparable(name)) changed.add(base)
    }
    if (changed.size === 0) return
    this.#version++
    for (const listener of [...this.#listeners]) listener(changed)
  }

  /** What is in force as a text that is another when the value is; secrets all print alike. */
  #comparable(name: string): string | null {
    const { text } = this.inForce(name)
    return findSetting(name)?.setting.type === 'password' ? (this.#find(name)?.text ?? text) : text
  }

  #value(name: string): SettingValue {
    const cached = this.#values.get(name)
    if (cached !== undefined) return cached
    const held = this.#find(name)
    const value = held === undefined ? defaultOf(name) : held.value
    this.#values.set(name, value)
    return value
  }

  #find(name: string): Held | undefined {
    return this.#broker.get(name) ?? this.#defaultBroker.get(name) ?? this.#given.get(name)
  }

  #layers(): readonly (readonly [Layer, ConfigSource])[] {
    return [
      [this.#broker, 'dynamic-broker'],
      [this.#defaultBroker, 'dynamic-default-broker'],
      [this.#given, 'static-broker'],
    ]
  }
}

function defaultOf(name: string): SettingValue {
  const value = findSetting(name)?.setting.default
  assert(value !== undefined, `${name} has no default and was checked when the node's configuration was read`)
  return value
}

function readGiven(given: ReadonlyMap<string, GivenValue>): Layer {
  const refusals: string[] = []
  const layer = new Map<string, Held>()
  for (const [name, { text, origin }] of given) {
    const setting = findSetting(name)?.setting
    assert(setting !== undefined, 'names are looked up before values are read')
    const parsed = parseSetting(name, setting, text)
    if (parsed.refusal === undefined) layer.set(name, { text, origin, value: parsed.value })
    else refusals.push(`${origin}: ${parsed.refusal} (${setting.type}${setting.validator?.text ? `, ${setting.validator.text}` : ''})`)
  }
  for (const [name, setting] of Object.entries(brokerSettings)) {
    if (setting.default === undefined && !given.has(name)) refusals.push(`Missing required configuration "${name}" which has no default value.`)
  }
  if (refusals.length > 0) throw new OdradekError('CONFIG_INVALID', `The configuration cannot be used:\n${refusals.map((line) => `  ${line}`).join('\n')}`)
  return layer
}
