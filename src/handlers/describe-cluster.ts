import { ErrorCode } from '../../protocol/error-codes.ts'
import { DescribeClusterApi } from '../../protocol/messages/describe-cluster.ts'
import { ALL_CLUSTER_OPERATIONS, OPERATIONS_NOT_ASKED } from '../metadata/authorized-operations.ts'
import { brokersOn, controllerIdForClients } from '../metadata/client-view.ts'
import { recordLevels } from '../metadata/features.ts'
import type { MetadataImage } from '../metadata/image.ts'
import { defineHandler } from './define-handler.ts'
import type { RequestContext } from './request-context.ts'
import { toldBrokers } from './told-endpoints.ts'

/** Of the field endpointType. Source: KIP-919. */
const BROKERS = 1
const CONTROLLERS = 2

/**
 * DescribeCluster (key 60), versions 0-2. The brokers of the cluster, on a controller listener its controllers.
 * Deviates: nowhere.  Source: KIP-700, KIP-919, KIP-1073 (fenced brokers).
 */
export const describeClusterHandler = defineHandler({
  api: DescribeClusterApi,
  listeners: ['broker', 'controller'],
  handle(context, request) {
    const { apiVersion, listenerKind, listenerName, services } = context
    const { metadata, clusterId, quorum } = services
    const endpointType = listenerKind === 'broker' ? BROKERS : CONTROLLERS
    const image = metadata.image()
    if (endpointType === CONTROLLERS && !recordLevels(image.features.metadataVersion).controllerRegistration) return UNREGISTERED
    if (request.endpointType !== endpointType) return refusal(request.endpointType, endpointType, apiVersion)
    const nodes = endpointType === BROKERS ? brokers(context, image, request.includeFencedBrokers) : controllers(image, listenerName)
    const controllerId = endpointType === BROKERS ? controllerIdForClients(image, (count) => services.random.below(count)) : (quorum.leader()?.id ?? -1)
    return {
      throttleTimeMs: 0,
      errorCode: ErrorCode.NONE,
      endpointType,
      clusterId,
      controllerId: nodes.some((node) => node.brokerId === controllerId) ? controllerId : -1,
      brokers: nodes,
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations ? ALL_CLUSTER_OPERATIONS : OPERATIONS_NOT_ASKED,
    }
  },
})

/** Below this level of the metadata controllers do not register, and nobody knows their addresses. */
const UNREGISTERED = {
  throttleTimeMs: 0,
  errorCode: ErrorCode.UNSUPPORTED_VERSION,
  errorMessage: 'Direct-to-controller communication is not supported with the current MetadataVersion.',
  clusterId: '',
  brokers: [],
}

function refusal(asked: number, served: number, apiVersion: number) {
  const isKnown = asked === BROKERS || asked === CONTROLLERS
  const code = isKnown ? ErrorCode.MISMATCHED_ENDPOINT_TYPE : ErrorCode.UNSUPPORTED_ENDPOINT_TYPE
  const errorMessage = isKnown
    ? `The request was sent to an endpoint of type ${nameOf(served)}, but we wanted an endpoint of type ${nameOf(asked)}`
    : `Unsupported endpoint type ${asked}`
  return { throttleTimeMs: 0, errorCode: apiVersion === 0 ? ErrorCode.INVALID_REQUEST : code, errorMessage, clusterId: '', brokers: [] }
}

function nameOf(endpointType: number): string {
  return endpointType === BROKERS ? 'BROKER' : 'CONTROLLER'
}

function brokers(context: RequestContext, image: MetadataImage, includeFenced: boolean) {
  const shown = brokersOn(image, context.listenerName).filter((broker) => includeFenced || !broker.isFenced)
  return toldBrokers(context, shown).map(({ id, ...broker }) => ({ brokerId: id, ...broker }))
}

function controllers(image: MetadataImage, listenerName: string) {
  const byId = [...image.cluster.controllers.values()].sort((a, b) => a.id - b.id)
  return byId.flatMap(({ id, endpoints }) =>
    endpoints.filter((endpoint) => endpoint.name === listenerName).map(({ host, port }) => ({ brokerId: id, host, port, rack: null, isFenced: false })),
  )
}
