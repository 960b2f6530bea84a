import { array, message, string, type Value } from '../../schema/notation.ts'

/** ShareGroupMemberMetadataKey and ShareGroupMemberMetadataValue (record type 10). Source: their specification in Apache Kafka 4.3.1. */
export const ShareGroupMemberMetadataKey = message({
  name: 'ShareGroupMemberMetadataKey',
  kind: 'coordinator-key',
  key: 10,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    memberId: string('0'),
  },
})
export type ShareGroupMemberMetadataKey = Value<typeof ShareGroupMemberMetadataKey>

export const ShareGroupMemberMetadataValue = message({
  name: 'ShareGroupMemberMetadataValue',
  kind: 'coordinator-value',
  key: 10,
  versions: '0',
  flexible: '0+',
  fields: {
    rackId: string('0+', { nullable: '0+' }),
    clientId: string('0+'),
    clientHost: string('0+'),
    subscribedTopicNames: array('string', '0+'),
  },
})
export type ShareGroupMemberMetadataValue = Value<typeof ShareGroupMemberMetadataValue>
