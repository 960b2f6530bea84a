import { combinationRefusal } from '../config/dynamic-update.ts'
import type { NodeConfig } from '../config/node-config.ts'
import type { MetadataDelta, MetadataPublisher } from '../metadata/delta.ts'
import { ConfigResourceType, configOverrides, type MetadataImage } from '../metadata/image.ts'
import type { Logger } from '../telemetry/logger.ts'

/** The name under which settings of all brokers stand. */
const ALL_BROKERS = ''

/** Brings settings that were made while the cluster runs into the node's configuration (KIP-226). Comes first among the publishers. */
export class BrokerConfigs implements MetadataPublisher {
  readonly name = 'broker-configs'
  readonly #nodeId: string
  readonly #config: NodeConfig
  readonly #logger: Logger

  constructor(nodeId: number, config: NodeConfig, logger: Logger) {
    this.#nodeId = String(nodeId)
    this.#config = config
    this.#logger = logger
  }

  onUpdate(delta: MetadataDelta, image: MetadataImage): void {
    for (const { type, name } of delta.configs.values()) {
      if (type !== ConfigResourceType.BROKER) continue
      if (name === ALL_BROKERS || name === this.#nodeId) this.#apply(name, image)
    }
  }

  #apply(name: string, image: MetadataImage): void {
    const layer = name === ALL_BROKERS ? 'default-broker' : 'broker'
    const values = configOverrides(image, ConfigResourceType.BROKER, name)
    const reason = combinationRefusal(this.#config, layer, values)
    // What was right when it was set may not fit what the node is started with now.
    if (reason !== null) {
      this.#logger.error('settings of the cluster cannot be applied to this node', { names: [...values.keys()], reason })
      return
    }
    const ignored = this.#config.setDynamic(layer, values)
    if (ignored.length > 0) this.#logger.warn('settings of the cluster that this node does not take are ignored', { names: ignored })
  }
}
