import type { NodeConfig } from '../config/node-config.ts'
import { TopicConfig } from '../config/topic-config.ts'
import type { MetadataDelta, MetadataPublisher } from '../metadata/delta.ts'
import { ConfigResourceType, configOverrides, type MetadataImage } from '../metadata/image.ts'
import type { LogConfig } from '../storage/log/log-config.ts'
import { logConfigOf } from './storage-settings.ts'

/** Told when what is in force for a topic's logs has changed. */
export type LogConfigListener = (topic: string, config: LogConfig) => void

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

  /** @param listener called for each topic whose settings change from now on */
  onLogConfigChange(listener: LogConfigListener): void {
    this.#listener = listener
  }

  onUpdate(delta: MetadataDelta, image: MetadataImage): void {
    for (const { type, name } of delta.configs.values()) {
      if (type === ConfigResourceType.TOPIC) this.#update(name, image)
    }
  }

  /** A setting of the node changed that topics may follow. */
  nodeConfigChanged(topics: Iterable<string>): void {
    for (const topic of topics) this.#listener?.(topic, this.logConfig(topic))
  }

  #update(topic: string, image: MetadataImage): void {
    const overrides = configOverrides(image, ConfigResourceType.TOPIC, topic)
    if (overrides.size === 0) this.#own.delete(topic)
    else this.#own.set(topic, new TopicConfig(this.#config, overrides))
    this.#listener?.(topic, this.logConfig(topic))
  }
}
