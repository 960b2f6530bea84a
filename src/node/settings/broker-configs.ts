import { nodeRefusal } from '../../config/changes/dynamic-update.ts'
import type { DynamicLayer, NodeConfig } from '../../config/node-config.ts'
import type { MetadataDelta, MetadataPublisher } from '../../metadata/delta.ts'
import { ConfigResourceType, configOverrides, type MetadataImage } from '../../metadata/image.ts'
import type { Logger } from '../../telemetry/logger.ts'

/** The name under which settings of all brokers stand. */
const ALL_BROKERS = ''

const LAYERS: readonly DynamicLayer[] = ['default-broker', 'broker']

/**
 * Brings settings that were made while the cluster runs into the node's configuration (KIP-226). Comes first among the publishers.
 *
 * What was right when it was set may not fit what the node is started with now. Layers that came together are judged
 * together, for one may need the other; one that does not fit is left out, and tried again with the next change of either.
 */
export class BrokerConfigs implements MetadataPublisher {
  readonly name = 'broker-configs'
  readonly #nodeId: string
  readonly #config: NodeConfig
  readonly #logger: Logger
  /** What the metadata log says of these is not in force. */
  readonly #refused = new Set<DynamicLayer>()

  constructor(nodeId: number, config: NodeConfig, logger: Logger) {
    this.#nodeId = String(nodeId)
    this.#config = config
    this.#logger = logger
  }

  onUpdate(delta: MetadataDelta, image: MetadataImage): void {
    const changed = [...delta.configs.values()].filter(({ type }) => type === ConfigResourceType.BROKER).map(({ name }) => name)
    if (!LAYERS.some((layer) => changed.includes(this.#nameOf(layer)))) return
    const layers = LAYERS.filter((layer) => changed.includes(this.#nameOf(layer)) || this.#refused.has(layer))
    const written = layers.map((layer) => [layer, configOverrides(image, ConfigResourceType.BROKER, this.#nameOf(layer))] as const)
    const together = written.reduce((config, [layer, values]) => config.withDynamic(layer, values), this.#config)
    if (nodeRefusal(together) === null) this.#apply(new Map(written))
    else for (const [layer, values] of written) this.#applyAlone(layer, values)
  }

  #nameOf(layer: DynamicLayer): string {
    return layer === 'broker' ? this.#nodeId : ALL_BROKERS
  }

  #applyAlone(layer: DynamicLayer, values: ReadonlyMap<string, string>): void {
    const reason = nodeRefusal(this.#config.withDynamic(layer, values))
    if (reason === null) {
      this.#apply(new Map([[layer, values]]))
      return
    }
    this.#refused.add(layer)
    this.#logger.error('settings of the cluster cannot be applied to this node', { names: [...values.keys()], reason })
  }

  #apply(layers: ReadonlyMap<DynamicLayer, ReadonlyMap<string, string>>): void {
    for (const layer of layers.keys()) this.#refused.delete(layer)
    const ignored = this.#config.setDynamicLayers(layers)
    if (ignored.length > 0) this.#logger.warn('settings of the cluster that this node does not take are ignored', { names: ignored })
  }
}
