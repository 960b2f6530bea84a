/**
 * What the controller lets stand in the settings of a resource: of which kind and name it may be, and which values it may hold.
 * Source: kafka.server.ControllerConfigurationValidator, QuorumController.ConfigResourceExistenceChecker.
 */
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { brokerSettings } from '../../config/broker-settings.ts'
import { clientMetricsRefusal } from '../../config/rules/client-metrics-rules.ts'
import type { ConfigRefusal } from '../../config/rules/config-refusal.ts'
import type { Settings } from '../../config/setting.ts'
import { topicSettings } from '../../config/topic-settings.ts'
import { parseJavaInt } from '../../config/values/java-int.ts'
import { ELR_VERSION, recordLevels } from '../../metadata/features.ts'
import { ConfigResourceType, type MetadataImage } from '../../metadata/image.ts'
import type { ConfigResource, ControllerError } from '../controller.ts'
import { failure } from '../controller-error.ts'
import type { ControllerRules } from '../controller-rules.ts'
import { topicNameRefusal } from '../topics/topic-names.ts'

/** In UTF-16 units, though Kafka calls them bytes. */
const MAX_VALUE_LENGTH = 32_767

/** Where Kafka's controller looks which settings are lists: it does not know those of other kinds of resources. */
export function settingsOf(type: number): Settings {
  if (type === ConfigResourceType.TOPIC) return topicSettings
  return type === ConfigResourceType.BROKER ? brokerSettings : {}
}

/** A value too long to be kept; null when it is none. */
export function longValueRefusal(value: string): ControllerError | null {
  if (value.length <= MAX_VALUE_LENGTH) return null
  return invalidConfig(`The configuration value cannot be added because it exceeds the maximum value size of ${MAX_VALUE_LENGTH} bytes.`)
}

/** Why this one setting cannot become `value`, whatever it is; null when it can. */
export function configValueRefusal(image: MetadataImage, { type, name: resource }: ConfigResource, name: string, value: string | null): ControllerError | null {
  const refusal = type === ConfigResourceType.BROKER ? brokerValueRefusal(image, resource, name, value) : null
  return refusal ?? (value === null ? null : longValueRefusal(value))
}

function brokerValueRefusal({ features }: MetadataImage, resource: string, name: string, value: string | null): ControllerError | null {
  if (name === 'min.insync.replicas' && (features.levels.get(ELR_VERSION) ?? 0) > 0) {
    if (resource !== '') return invalidConfig('Broker-level min.insync.replicas cannot be altered while ELR is enabled.')
    if (value === null) return invalidConfig('Cluster-level min.insync.replicas cannot be removed while ELR is enabled.')
  }
  if (name === 'cordoned.log.dirs' && !recordLevels(features.metadataVersion).cordonedLogDirs) {
    return invalidConfig('The cordoned.log.dirs configuration value cannot be set because it requires metadata.version >= 4.3-IV0')
  }
  return null
}

/** Why the resource cannot have these settings as all that it has; null when it can. */
export function resourceRefusal(
  image: MetadataImage,
  { type, name }: ConfigResource,
  values: ReadonlyMap<string, string>,
  rules: ControllerRules,
): ControllerError | null {
  switch (type) {
    case ConfigResourceType.TOPIC:
      return topicRefusal(image, name, values, rules)
    case ConfigResourceType.BROKER:
      return brokerRefusal(image, name)
    case ConfigResourceType.CLIENT_METRICS:
      return errorOf(clientMetricsRefusal(name, values))
    case ConfigResourceType.GROUP: {
      if (name === '') return invalidRequest('Default group resources are not allowed.')
      const refusal = rules.groupConfigRefusal(values)
      return refusal === null ? null : invalidConfig(refusal)
    }
    default:
      return invalidRequest(`Unknown resource type ${type}`)
  }
}

function topicRefusal(image: MetadataImage, name: string, values: ReadonlyMap<string, string>, rules: ControllerRules): ControllerError | null {
  if (name === '') return invalidRequest('Default topic resources are not allowed.')
  const nameRefusal = topicNameRefusal(name)
  if (nameRefusal !== null) return failure(ErrorCode.INVALID_TOPIC_EXCEPTION, nameRefusal)
  const refusal = rules.topicConfigRefusal(values)
  if (refusal !== null) return invalidConfig(refusal)
  return image.topics.byName.has(name) ? null : failure(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `The topic '${name}' does not exist.`)
}

function brokerRefusal({ cluster }: MetadataImage, name: string): ControllerError | null {
  if (name === '') return null
  const id = parseJavaInt(name)
  if (id === null) return invalidRequest('Unable to parse broker name as a base 10 number.')
  if (id < 0) return invalidRequest('Invalid negative broker ID.')
  return cluster.brokers.has(id) || cluster.controllers.has(id) ? null : failure(ErrorCode.BROKER_ID_NOT_REGISTERED, `No node with id ${id} found.`)
}

function errorOf(refusal: ConfigRefusal | null): ControllerError | null {
  if (refusal === null) return null
  return refusal.kind === 'config' ? invalidConfig(refusal.message) : invalidRequest(refusal.message)
}

function invalidConfig(message: string): ControllerError {
  return failure(ErrorCode.INVALID_CONFIG, message)
}

function invalidRequest(message: string): ControllerError {
  return failure(ErrorCode.INVALID_REQUEST, message)
}
