import { assert } from '../../base/assert.ts'
import type { Services } from '../../handlers/services.ts'
import type { ApiTable } from '../../server/api-table.ts'
import { EnclosedRequests } from '../../server/enclosed-request.ts'
import { addressesByClient } from '../../server/told-addresses.ts'
import type { OpenDirectories } from '../directories/open-directories.ts'
import type { NodeOptions } from '../node-options.ts'
import { apiVersionsSource } from '../parts/metadata-views.ts'
import type { OpenMetadata } from '../parts/open-metadata.ts'

export interface ControllerServicesOptions {
  readonly options: Pick<NodeOptions, 'config' | 'identity' | 'ports' | 'logLevels' | 'gateways'>
  readonly directories: Pick<OpenDirectories, 'clusterId'>
  readonly apis: ApiTable<Services>
  readonly metadata: OpenMetadata
}

/** What handlers call at a controller's listener: nothing of a broker, which may not be there, or not yet. */
export function controllerServices({ options, directories, apis, metadata }: ControllerServicesOptions): Services {
  const { config, identity } = options
  const { nodeId } = identity
  const { loader, controller, kraftVersion, quorum, raft } = metadata
  return {
    clusterId: directories.clusterId,
    nodeId,
    config,
    logLevels: options.logLevels ?? null,
    apiVersions: apiVersionsSource(apis, loader, kraftVersion),
    metadata: loader,
    controller,
    clusterController: controller,
    nodeController: controller.brokers,
    quorum,
    raft,
    random: options.ports.random,
    enclosed: new EnclosedRequests(apis),
    forwarder: notAtControllers('way to pass requests on'),
    topicCreation: notAtControllers('creation of topics by metadata requests'),
    replicas: notAtControllers('partitions'),
    fetchSessions: notAtControllers('fetch sessions'),
    producerIds: notAtControllers('blocks of producer ids'),
    lostClients: notAtControllers('watch over clients'),
    addresses: addressesByClient({ nodeId, listenerNames: new Set(), gateways: options.gateways ?? new Set() }),
    groups: notAtControllers('groups'),
    coordinators: notAtControllers('coordinators'),
    clients: notAtControllers('figures of clients'),
    telemetry: notAtControllers('metrics of clients'),
  }
}

/** Stands for a part that no API of a controller's listener calls: one that does is a mistake of ours. */
function notAtControllers<Part extends object>(what: string): Part {
  const refuse = () => assert(false, `a controller's listener has no ${what}`)
  return new Proxy({}, { get: refuse }) as Part
}
