import type { MetadataLoader } from '../../metadata/loader.ts'

/**
 * Resolves when at least `count` brokers are registered, also those that are down: topics that are made from then on have
 * as many replicas as they are meant to have. Rejects when the loader failed.
 */
export function brokersRegistered(loader: Pick<MetadataLoader, 'until'>, count: number): Promise<void> {
  return loader.until(({ cluster }) => cluster.brokers.size >= count)
}
