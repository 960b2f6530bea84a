import type { MetadataImage } from '../metadata/image.ts'

export interface AppliedTopicsOptions {
  readonly metadata: { image(): MetadataImage; onPublished(listener: (image: MetadataImage) => void): void }
  readonly heartbeatNow: () => void
}

/**
 * Says so at once when this node has applied a change of topics or of their partitions: the controller keeps answers back for
 * that, and brokers that shut down wait for it. Source: docs/decisions/ready-in-a-cluster.md.
 */
export function tellOfAppliedTopics({ metadata, heartbeatNow }: AppliedTopicsOptions): void {
  let { topics } = metadata.image()
  metadata.onPublished((image) => {
    const isChanged = image.topics.byId !== topics.byId
    topics = image.topics
    if (isChanged) heartbeatNow()
  })
}
