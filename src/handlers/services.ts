import type { AutoTopicCreation, Controller } from '../controller/controller.ts'
import type { MetadataService } from '../metadata/metadata-service.ts'
import type { ApiVersionsSource } from '../server/api-versions-source.ts'

/**
 * What handlers call: the parts of this node. `src/node/` builds them and puts them together.
 * A part that a node does not have (a broker has no controller) is not here: handlers reach it through a service that may refuse.
 */
export interface Services {
  /** The cluster's id as clients are told it. */
  readonly clusterId: string
  readonly nodeId: number
  readonly apiVersions: ApiVersionsSource
  /** The cluster's state as this node serves it. */
  readonly metadata: MetadataService
  readonly controller: Controller
  readonly topicCreation: AutoTopicCreation
}
