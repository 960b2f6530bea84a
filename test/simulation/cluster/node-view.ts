import type { Uuid } from '../../../protocol/uuid.ts'
import type { AnyHandler } from '../../../src/handlers/define-handler.ts'
import { handlers } from '../../../src/handlers/registry.ts'
import type { RequestContext } from '../../../src/handlers/request-context.ts'
import type { MetadataImage } from '../../../src/metadata/image.ts'
import type { ReplicaManager } from '../../../src/replication/replica-manager.ts'

/** That a node takes itself for the leader of a partition. */
export interface OwnLeadership {
  readonly topicId: Uuid
  readonly partition: number
  readonly leaderEpoch: number
}

/**
 * What a running node itself takes for true: the images of the metadata that it serves by, and what it leads. Seen through what its
 * handlers are given with each request, so that nothing in the program is there for it.
 */
export class NodeView {
  /** To start the node with. */
  readonly handlers: readonly AnyHandler[] = handlers.map((handler) => ({
    ...handler,
    handle: (context, request) => {
      this.#look(context)
      return handler.handle(context, request)
    },
  }))
  /** Not looked at yet. */
  #images: MetadataImage[] = []
  #latest: MetadataImage | null = null
  #replicas: ReplicaManager | null = null

  /** Those that came since this was asked last, in order. */
  takeImages(): readonly MetadataImage[] {
    const taken = this.#images
    this.#images = []
    return taken
  }

  *leading(): IterableIterator<OwnLeadership> {
    for (const { topicId, index, isLeader, leaderEpoch } of this.#replicas?.partitions ?? []) {
      if (isLeader) yield { topicId, partition: index, leaderEpoch }
    }
  }

  #look({ listenerKind, services }: RequestContext): void {
    if (listenerKind === 'broker') this.#replicas = services.replicas
    const image = services.metadata.image()
    if (image === this.#latest) return
    this.#latest = image
    this.#images.push(image)
  }
}
