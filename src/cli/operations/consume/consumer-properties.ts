import { OdradekError } from '../../../base/errors.ts'
import { type ClientProperties, milliseconds } from '../cluster/client-properties.ts'
import { type ConsumerSettings, defaultConsumerSettings, defaultGroupSettings, type GroupSettings } from './consumer-settings.ts'

/** What the properties of a consumer say. Errors: CLIENT_PROPERTIES for values that are none, and for what is not done here. */
export function consumerSettings(properties: ClientProperties, groupId: string | null): ConsumerSettings {
  if ((properties.get('group.protocol') ?? 'classic').toLowerCase() !== 'classic')
    throw new OdradekError('CLIENT_PROPERTIES', 'group.protocol=consumer is not spoken by this program yet: it joins groups as a classic member.')
  const standard = defaultConsumerSettings
  return {
    offsetReset: oneOf(properties, 'auto.offset.reset', ['earliest', 'latest', 'none'], standard.offsetReset),
    readsCommittedOnly: oneOf(properties, 'isolation.level', ['read_uncommitted', 'read_committed'], 'read_uncommitted') === 'read_committed',
    fetchMaxWaitMs: milliseconds(properties, 'fetch.max.wait.ms', standard.fetchMaxWaitMs),
    fetchMinBytes: milliseconds(properties, 'fetch.min.bytes', standard.fetchMinBytes),
    fetchMaxBytes: milliseconds(properties, 'fetch.max.bytes', standard.fetchMaxBytes),
    partitionMaxBytes: milliseconds(properties, 'max.partition.fetch.bytes', standard.partitionMaxBytes),
    checksCrcs: oneOf(properties, 'check.crcs', ['true', 'false'], 'true') === 'true',
    metadataMaxAgeMs: milliseconds(properties, 'metadata.max.age.ms', standard.metadataMaxAgeMs),
    group: groupId === null ? null : groupSettings(properties, groupId),
  }
}

function groupSettings(properties: ClientProperties, groupId: string): GroupSettings {
  const standard = defaultGroupSettings
  return {
    groupId,
    instanceId: properties.get('group.instance.id') ?? null,
    sessionTimeoutMs: milliseconds(properties, 'session.timeout.ms', standard.sessionTimeoutMs),
    heartbeatIntervalMs: milliseconds(properties, 'heartbeat.interval.ms', standard.heartbeatIntervalMs),
    maxPollIntervalMs: milliseconds(properties, 'max.poll.interval.ms', standard.maxPollIntervalMs),
    commits: oneOf(properties, 'enable.auto.commit', ['true', 'false'], 'true') === 'true',
    commitIntervalMs: milliseconds(properties, 'auto.commit.interval.ms', standard.commitIntervalMs),
  }
}

function oneOf<const Allowed extends string>(properties: ClientProperties, name: string, allowed: readonly Allowed[], standard: Allowed): Allowed {
  const text = properties.get(name)
  const found = text === undefined ? standard : allowed.find((value) => value === text.trim().toLowerCase())
  if (found === undefined) throw new OdradekError('CLIENT_PROPERTIES', `Invalid value ${text} for configuration ${name}: it is one of ${allowed.join(', ')}`)
  return found
}
