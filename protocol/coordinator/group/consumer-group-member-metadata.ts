import { array, bytes, int32, message, object, string, struct, type Value } from '../../schema/notation.ts'

/** ConsumerGroupMemberMetadataKey and ConsumerGroupMemberMetadataValue (record type 5). Source: their specification in Apache Kafka 4.3.1. */
export const ConsumerGroupMemberMetadataKey = message({
  name: 'ConsumerGroupMemberMetadataKey',
  kind: 'coordinator-key',
  key: 5,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    memberId: string('0'),
  },
})
export type ConsumerGroupMemberMetadataKey = Value<typeof ConsumerGroupMemberMetadataKey>

const ClassicProtocol = struct('ClassicProtocol', {
  name: string('0+'),
  metadata: bytes('0+'),
})

const ClassicMemberMetadata = struct('ClassicMemberMetadata', {
  sessionTimeoutMs: int32('0+'),
  supportedProtocols: array(ClassicProtocol, '0+'),
})

export const ConsumerGroupMemberMetadataValue = message({
  name: 'ConsumerGroupMemberMetadataValue',
  kind: 'coordinator-value',
  key: 5,
  versions: '0',
  flexible: '0+',
  fields: {
    instanceId: string('0+', { nullable: '0+' }),
    rackId: string('0+', { nullable: '0+' }),
    clientId: string('0+'),
    clientHost: string('0+'),
    subscribedTopicNames: array('string', '0+'),
    subscribedTopicRegex: string('0+', { nullable: '0+' }),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    serverAssignor: string('0+', { nullable: '0+' }),
    classicMemberMetadata: object(ClassicMemberMetadata, '0+', { nullable: '0+', tag: 0, tagged: '0+' }),
  },
})
export type ConsumerGroupMemberMetadataValue = Value<typeof ConsumerGroupMemberMetadataValue>
