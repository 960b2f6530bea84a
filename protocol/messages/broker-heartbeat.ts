import { api, array, bool, int16, int32, int64, message, type Value } from '../schema/notation.ts'

/** API key 63. Source: the specifications of BrokerHeartbeatRequest and BrokerHeartbeatResponse in Apache Kafka 4.3.1. */
export const BrokerHeartbeatRequest = message({
  name: 'BrokerHeartbeatRequest',
  kind: 'request',
  key: 63,
  versions: '0-2',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+', { default: -1 }),
    currentMetadataOffset: int64('0+'),
    wantFence: bool('0+'),
    wantShutDown: bool('0+'),
    offlineLogDirs: array('uuid', '1+', { tag: 0, tagged: '1+' }),
    cordonedLogDirs: array('uuid', '2+', { nullable: '2+', default: null, tag: 1, tagged: '2+' }),
  },
})
export type BrokerHeartbeatRequest = Value<typeof BrokerHeartbeatRequest>

export const BrokerHeartbeatResponse = message({
  name: 'BrokerHeartbeatResponse',
  kind: 'response',
  key: 63,
  versions: '0-2',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    isCaughtUp: bool('0+', { default: false }),
    isFenced: bool('0+', { default: true }),
    shouldShutDown: bool('0+'),
  },
})
export type BrokerHeartbeatResponse = Value<typeof BrokerHeartbeatResponse>

/** API key 63. Source: the specifications of BrokerHeartbeatRequest and BrokerHeartbeatResponse in Apache Kafka 4.3.1. */
export const BrokerHeartbeatApi = api('BrokerHeartbeat', BrokerHeartbeatRequest, BrokerHeartbeatResponse)
