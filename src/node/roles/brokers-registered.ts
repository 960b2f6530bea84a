import { deferred } from '../../base/deferred.ts'
import type { MetadataLoader } from '../../metadata/loader.ts'

/**
 * Resolves when at least `count` brokers are registered, also those that are down: topics that are made from then on have
 * as many replicas as they are meant to have.
 */
export function brokersRegistered(loader: Pick<MetadataLoader, 'image' | 'onPublished'>, count: number): Promise<void> {
  const complete = deferred<void>()
  const look = () => {
    if (loader.image().cluster.brokers.size >= count) complete.resolve()
  }
  loader.onPublished(look)
  look()
  return complete.promise
}
