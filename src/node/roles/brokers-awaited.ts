import type { Timers } from '../../base/ports.ts'
import type { MetadataLoader } from '../../metadata/loader.ts'

type Loader = Pick<MetadataLoader, 'until'>

/** One that does not come up is not waited for any longer. */
const SERVING_WITHIN_MS = 10_000

/**
 * Resolves when at least `count` brokers are registered, also those that are down: topics that are made from then on have
 * as many replicas as they are meant to have. Rejects when the loader failed.
 */
export function brokersRegistered(loader: Loader, count: number): Promise<void> {
  return loader.until(({ cluster }) => cluster.brokers.size >= count)
}

/**
 * Resolves when at least `count` brokers serve, or after a while: topics that are made from then on are led by all of them
 * alike, and their replicas in sync. Rejects when the loader failed.
 */
export async function brokersServing(loader: Loader, count: number, timers: Pick<Timers, 'schedule'>): Promise<void> {
  const tooLong = new AbortController()
  const timer = timers.schedule(SERVING_WITHIN_MS, () => tooLong.abort())
  try {
    await loader.until(({ cluster }) => [...cluster.brokers.values()].filter(({ fenced }) => !fenced).length >= count, tooLong.signal)
  } catch (error) {
    if (!tooLong.signal.aborted) throw error
  } finally {
    timer.cancel()
  }
}
