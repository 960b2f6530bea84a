import type { MetadataDelta, MetadataPublisher } from './delta.ts'
import { ConfigResourceType, configKey, configOverrides, type MetadataImage } from './image.ts'

/** What takes the settings that were made while running; the node's configuration does. */
export interface DynamicConfigTarget {
  /** Replaces the layer. @returns the names that were not taken */
  setDynamic(layer: 'broker' | 'default-broker', values: ReadonlyMap<string, string>): readonly string[]
}

/** Brings the broker settings of the metadata log into force on this node. `onIgnored` is told which values it does not take. */
export function dynamicConfigPublisher(nodeId: number, target: DynamicConfigTarget, onIgnored: (names: readonly string[]) => void): MetadataPublisher {
  const bring = (layer: 'broker' | 'default-broker', name: string, delta: MetadataDelta, image: MetadataImage) => {
    if (!delta.configs.has(configKey(ConfigResourceType.BROKER, name))) return
    const ignored = target.setDynamic(layer, configOverrides(image, ConfigResourceType.BROKER, name))
    if (ignored.length > 0) onIgnored(ignored)
  }
  return {
    name: 'dynamic broker configuration',
    onUpdate(delta, image) {
      bring('default-broker', '', delta, image)
      bring('broker', String(nodeId), delta, image)
    },
  }
}
