import { ErrorCode, errorMessage } from '../../protocol/error-codes.ts'
import { DescribeConfigsApi, type DescribeConfigsRequest } from '../../protocol/messages/describe-configs.ts'
import {
  type DescribedSetting,
  type DescribedSource,
  describeBroker,
  describeBrokerDefaults,
  describeClientMetrics,
  describeGroup,
  describeTopic,
} from '../config/describe-settings.ts'
import { parseJavaInt } from '../config/values/java-int.ts'
import type { SettingType } from '../config/values/setting-value.ts'
import { topicNameRefusal } from '../controller/topics/topic-names.ts'
import { ConfigResourceType, configOverrides } from '../metadata/image.ts'
import type { LoggerLevels } from '../telemetry/logger-levels.ts'
import { ROOT_LOGGER } from './alter-loggers.ts'
import { defineHandler } from './define-handler.ts'
import type { Services } from './services.ts'

type Resource = DescribeConfigsRequest['resources'][number]

interface DescribedLogger {
  readonly name: string
  /** As Kafka writes it: `INFO`, `WARN`, … */
  readonly level: string
}

type Refusal = { readonly errorCode: number; readonly errorMessage: string }

type Answer = { readonly settings: readonly DescribedSetting[] } | { readonly loggers: readonly DescribedLogger[] } | Refusal

/** Of the field configSource. */
const sourceCodes: Readonly<Record<DescribedSource, number>> = {
  'dynamic-topic': 1,
  'dynamic-broker': 2,
  'dynamic-default-broker': 3,
  'static-broker': 4,
  default: 5,
  'client-metrics': 7,
  group: 8,
}

/** Of the field configType. */
const typeCodes: Readonly<Record<SettingType, number>> = {
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  class: 8,
  password: 9,
}

/** Of the field configType, for loggers and for names that nobody knows. */
const UNKNOWN_TYPE = 0

/** Of the field configSource, for loggers, whose levels are no settings. */
const LOGGER_SOURCE = 6

const RESOURCE_TYPES: ReadonlySet<number> = new Set(Object.values(ConfigResourceType))

/**
 * DescribeConfigs (key 32), versions 1-4. The settings of topics, of this broker and of all brokers, of groups and of
 * subscriptions to metrics, each with its source and, when asked, with what else was written for it.
 * Deviates: our own documentation; broker loggers are our components; the settings of Odradek are among a broker's.
 * Source: KIP-133, KIP-226 (synonyms), KIP-569 (types, documentation), KIP-1000, KIP-1043.
 */
export const describeConfigsHandler = defineHandler({
  api: DescribeConfigsApi,
  listeners: ['broker', 'controller'],
  handle({ services }, request) {
    const isUnderstood = request.resources.every(({ resourceType }) => RESOURCE_TYPES.has(resourceType))
    return {
      throttleTimeMs: 0,
      results: request.resources.map((resource) => result(request, resource, isUnderstood ? describe(services, resource) : notUnderstood())),
    }
  },
})

function describe(services: Services, { resourceType, resourceName }: Resource): Answer {
  const { config, metadata } = services
  const overrides = configOverrides(metadata.image(), resourceType, resourceName)
  switch (resourceType) {
    case ConfigResourceType.TOPIC:
      return topic(services, resourceName)
    case ConfigResourceType.BROKER:
      if (resourceName === '') return { settings: describeBrokerDefaults(config) }
      return brokerRefusal(services.nodeId, resourceName, ' or empty string,') ?? { settings: describeBroker(config) }
    case ConfigResourceType.BROKER_LOGGER:
      if (resourceName === '') return invalid('Broker id must not be empty')
      return brokerRefusal(services.nodeId, resourceName, '') ?? { loggers: describeLoggers(services.logLevels) }
    case ConfigResourceType.CLIENT_METRICS:
      return resourceName === '' ? invalid('Client metrics subscription name must not be empty') : { settings: describeClientMetrics(overrides) }
    case ConfigResourceType.GROUP:
      return resourceName === '' ? invalid('Group name must not be empty') : { settings: describeGroup(config, overrides) }
    default:
      return notUnderstood()
  }
}

/** Each component of the node under its name, and the level of those that have none of their own under Kafka's name for that. */
function describeLoggers(levels: LoggerLevels | null): DescribedLogger[] {
  if (levels === null) return []
  const components = levels.components().map((name) => ({ name, level: levels.get(name) }))
  return [{ name: ROOT_LOGGER, level: levels.defaultLevel }, ...components].map(({ name, level }) => ({ name, level: level.toUpperCase() }))
}

function topic({ config, metadata }: Services, name: string): Answer {
  const refusal = topicNameRefusal(name)
  if (refusal !== null) return { errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION, errorMessage: refusal }
  const image = metadata.image()
  if (!image.topics.byName.has(name)) return { errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, errorMessage: '' }
  return { settings: describeTopic(config, configOverrides(image, ConfigResourceType.TOPIC, name)) }
}

/** A broker tells of itself only. */
function brokerRefusal(nodeId: number, resourceName: string, alternative: string): Refusal | null {
  const id = parseJavaInt(resourceName)
  if (id === null) return invalid(`Broker id must be an integer, but it is: ${resourceName}`)
  return id === nodeId ? null : invalid(`Unexpected broker id, expected ${nodeId}${alternative} but received ${resourceName}`)
}

function invalid(message: string): Refusal {
  return { errorCode: ErrorCode.INVALID_REQUEST, errorMessage: message }
}

/** One resource of an unknown type refuses the request as a whole. */
function notUnderstood(): Refusal {
  return invalid(errorMessage(ErrorCode.INVALID_REQUEST) ?? '')
}

function result(request: DescribeConfigsRequest, { resourceType, resourceName, configurationKeys: keys }: Resource, answer: Answer) {
  if ('errorCode' in answer) return { ...answer, resourceType, resourceName, configs: [] }
  const wanted = keys === null || keys.length === 0 ? null : new Set(keys)
  const isWanted = ({ name }: { readonly name: string }) => wanted === null || wanted.has(name)
  const configs =
    'loggers' in answer ? answer.loggers.filter(isWanted).map(loggerEntry) : answer.settings.filter(isWanted).map((setting) => entry(request, setting))
  return { errorCode: ErrorCode.NONE, errorMessage: '', resourceType, resourceName, configs }
}

function entry({ includeSynonyms, includeDocumentation }: DescribeConfigsRequest, setting: DescribedSetting) {
  const synonyms = includeSynonyms ? setting.synonyms : []
  return {
    name: setting.name,
    value: setting.text,
    readOnly: setting.isReadOnly,
    configSource: sourceCodes[setting.source],
    isSensitive: setting.isSecret,
    synonyms: synonyms.map(({ name, text, source }) => ({ name, value: text, source: sourceCodes[source] })),
    configType: setting.type === null ? UNKNOWN_TYPE : typeCodes[setting.type],
    documentation: includeDocumentation ? setting.documentation : null,
  }
}

function loggerEntry({ name, level }: DescribedLogger) {
  return { name, value: level, readOnly: false, configSource: LOGGER_SOURCE, isSensitive: false, synonyms: [], configType: UNKNOWN_TYPE, documentation: '' }
}
