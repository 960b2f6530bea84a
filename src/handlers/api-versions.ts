import { ErrorCode } from '../../protocol/error-codes.ts'
import { ApiVersionsApi, type ApiVersionsRequest } from '../../protocol/messages/api-versions.ts'
import { defineHandler } from './define-handler.ts'

const FIRST_VERSION_WITH_SOFTWARE = 3
/** Before this version clients cannot read a feature whose lowest level is 0. Source: KAFKA-17011. */
const FIRST_VERSION_WITH_LEVEL_0 = 4
/** Source: KIP-511. */
const SOFTWARE = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/

/**
 * ApiVersions (key 18), versions 0-4. What this node serves, and the features of the cluster.
 * A version above 4 does not come here: dispatch answers it in v0 with UNSUPPORTED_VERSION.
 * Deviates: nowhere.  Source: KIP-35, KIP-511, KIP-584.
 */
export const apiVersionsHandler = defineHandler({
  api: ApiVersionsApi,
  listeners: ['broker', 'controller'],
  handle(context, request) {
    const { apiVersion, listenerKind } = context
    const { apiVersions } = context.services
    if (!isValid(request, apiVersion)) return { errorCode: ErrorCode.INVALID_REQUEST, apiKeys: [] }
    context.clientSoftware = request.clientSoftwareName
    context.clientSoftwareVersion = request.clientSoftwareVersion
    const { epoch, levels } = apiVersions.finalizedFeatures()
    return {
      errorCode: ErrorCode.NONE,
      apiKeys: apiVersions.advertised(listenerKind),
      supportedFeatures: apiVersions.supportedFeatures.filter(({ minVersion }) => minVersion > 0 || apiVersion >= FIRST_VERSION_WITH_LEVEL_0),
      finalizedFeaturesEpoch: epoch,
      finalizedFeatures: [...levels].filter(([, level]) => level > 0).map(([name, level]) => ({ name, minVersionLevel: level, maxVersionLevel: level })),
    }
  },
})

function isValid({ clientSoftwareName, clientSoftwareVersion }: ApiVersionsRequest, apiVersion: number): boolean {
  return apiVersion < FIRST_VERSION_WITH_SOFTWARE || (SOFTWARE.test(clientSoftwareName) && SOFTWARE.test(clientSoftwareVersion))
}
