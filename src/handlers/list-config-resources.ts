import { ErrorCode } from '../../protocol/error-codes.ts'
import { ListConfigResourcesApi } from '../../protocol/messages/list-config-resources.ts'
import { aliveBrokersOn } from '../metadata/client-view.ts'
import { ConfigResourceType, type MetadataImage } from '../metadata/image.ts'
import { defineHandler } from './define-handler.ts'

const { TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP } = ConfigResourceType

/** In the order of the answer. Before version 1 there were subscriptions to metrics only. */
const LISTED = [GROUP, CLIENT_METRICS, BROKER_LOGGER, BROKER, TOPIC] as const
const LISTED_BY_VERSION_0 = [CLIENT_METRICS] as const

type Listed = (typeof LISTED)[number]

/**
 * ListConfigResources (key 74), versions 0-1. What DescribeConfigs can be asked about: every topic and live broker, and the
 * groups and subscriptions to metrics that have settings.
 * Deviates: nowhere.  Source: KIP-1000 (as ListClientMetricsResources), KIP-1142.
 */
export const listConfigResourcesHandler = defineHandler({
  api: ListConfigResourcesApi,
  listeners: ['broker'],
  handle({ apiVersion, listenerName, services: { metadata } }, { resourceTypes }) {
    const served: readonly Listed[] = apiVersion === 0 ? LISTED_BY_VERSION_0 : LISTED
    if (resourceTypes.some((type) => !served.some((known) => known === type))) {
      return { throttleTimeMs: 0, errorCode: ErrorCode.UNSUPPORTED_VERSION, configResources: [] }
    }
    const image = metadata.image()
    const wanted = served.filter((type) => resourceTypes.length === 0 || resourceTypes.includes(type))
    const configResources = wanted.flatMap((resourceType) => namesOf(image, resourceType, listenerName).map((resourceName) => ({ resourceName, resourceType })))
    return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, configResources }
  },
})

function namesOf(image: MetadataImage, resourceType: Listed, listenerName: string): readonly string[] {
  switch (resourceType) {
    case GROUP:
    case CLIENT_METRICS:
      return [...image.configs.values()].filter(({ type }) => type === resourceType).map(({ name }) => name)
    case BROKER_LOGGER:
    case BROKER:
      return aliveBrokersOn(image, listenerName).map(({ id }) => String(id))
    case TOPIC:
      return [...image.topics.byName.keys()]
  }
}
