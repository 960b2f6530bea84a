import type { BrokerSettingName } from '../../config/broker-settings.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import { TopicConfig } from '../../config/topic-config.ts'
import { topicSynonyms } from '../../config/topic-settings.ts'
import type { MetadataDelta, MetadataPublisher } from '../../metadata/delta.ts'
import { ConfigResourceType, configOverrides, type MetadataImage } from '../../metadata/image.ts'
import type { LogConfig } from '../../storage/log/log-config.ts'
import { logConfigOf } from './storage-settings.ts'

/** The settings of the node that hold for topics which say nothing. */
const FOLLOWED: ReadonlySet<BrokerSettingName> = new Set(Object.values(topicSynonyms).flatMap((synonyms) => synonyms.map(({ name }) => name)))

/** Told of the topics for whose logs something else is in force now, by name: of all that one change concerns at once. */
export type LogConfigListener = (configs: ReadonlyMap<string, LogConfig>) => void

/**
 * What is in force for each topic: its settings in the metadata log over those of the node. Comes before all publishers
 * that open logs, so that a new topic's logs begin with its own settings.
 */
export class TopicConfigs implements MetadataPublisher {
  readonly name = 'topic-configs'
  readonly #config: NodeConfig
  /** Topics with settings of their own; the others share one. */
  readonly #own = new Map<string, TopicConfig>()
  readonly #common: TopicConfig
  #listener: LogConfigListener | null = null

  constructor(config: NodeConfig) {
    this.#config = config
    this.#common = new TopicConfig(config, new Map())
  }

  of(topic: string): TopicConfig {
    return this.#own.get(topic) ?? this.#common
  }

  logConfig(topic: string): LogConfig {
    return logConfigOf(this.of(topic), this.#config)
  }

  minInsyncReplicas(topic: string): number {
    return this.of(topic).get('min.insync.replicas')
  }

  onLogConfigChange(listener: LogConfigListener): void {
    this.#listener = listener
  }

  onUpdate(delta: MetadataDelta, image: MetadataImage): void {
    const names = [...delta.configs.values()].filter(({ type }) => type === ConfigResourceType.TOPIC).map(({ name }) => name)
    for (const name of names) this.#update(name, image)
    this.#tell(names)
  }

  /** @param changed settings of the node; topics may follow some of them */
  nodeConfigChanged(changed: ReadonlySet<BrokerSettingName>, topics: Iterable<string>): void {
    if ([...changed].some((name) => FOLLOWED.has(name))) this.#tell(topics)
  }

  #tell(topics: Iterable<string>): void {
    const configs = new Map([...topics].map((topic) => [topic, this.logConfig(topic)]))
    if (configs.size > 0) this.#listener?.(configs)
  }

  #update(topic: string, image: MetadataImage): void {
    const overrides = configOverrides(image, ConfigResourceType.TOPIC, topic)
    if (overrides.size === 0) this.#own.delete(topic)
    else this.#own.set(topic, new TopicConfig(this.#config, overrides, this.#common))
  }
}
