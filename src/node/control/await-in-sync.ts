import type { MetadataImage } from '../../metadata/image.ts'
import type { Awaited } from './waits.ts'

export interface AwaitInSyncOptions {
  readonly image: () => MetadataImage
  readonly onMetadata: (changed: () => void) => () => void
  /** Of the brokers that are to serve. */
  readonly brokerIds: readonly number[]
}

/** A cluster in which all of these brokers serve, and each partition has a leader and all its replicas in sync, as this node knows it. */
export function awaitInSync({ image, onMetadata, brokerIds }: AwaitInSyncOptions): Awaited<true> {
  const lacking = () => [...brokersDown(image(), brokerIds), ...partitionsBehind(image())]
  return {
    what: 'all brokers, and all replicas in sync',
    check: () => (lacking().length === 0 ? true : null),
    describe() {
      const all = lacking()
      return `${all.slice(0, MOST_NAMED).join(', ')}${all.length > MOST_NAMED ? ` and ${all.length - MOST_NAMED} more` : ''}.`
    },
    follow: onMetadata,
  }
}

const MOST_NAMED = 5

function brokersDown({ cluster }: MetadataImage, brokerIds: readonly number[]): string[] {
  return brokerIds.filter((id) => cluster.brokers.get(id)?.fenced !== false).map((id) => `broker ${id} is down`)
}

function partitionsBehind({ topics }: MetadataImage): string[] {
  return [...topics.byName.values()].flatMap(({ name, partitions }) =>
    partitions.flatMap(({ leader, isr, replicas }, index) => {
      if (leader < 0) return [`${name}-${index} has no leader`]
      return isr.length < replicas.length ? [`${name}-${index} has ${isr.length} of ${replicas.length} replicas in sync`] : []
    }),
  )
}
