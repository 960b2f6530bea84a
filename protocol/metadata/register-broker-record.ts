import { array, bool, int16, int32, int64, message, string, struct, uint16, uuid, type Value } from '../schema/notation.ts'

/** RegisterBrokerRecord (record type 0). Source: its specification in Apache Kafka 4.3.1. */
const BrokerEndpoint = struct('BrokerEndpoint', {
  name: string('0+', { mapKey: true }),
  host: string('0+'),
  port: uint16('0+'),
  securityProtocol: int16('0+'),
})

const BrokerFeature = struct('BrokerFeature', {
  name: string('0+', { mapKey: true }),
  minSupportedVersion: int16('0+'),
  maxSupportedVersion: int16('0+'),
})

export const RegisterBrokerRecord = message({
  name: 'RegisterBrokerRecord',
  kind: 'metadata',
  key: 0,
  versions: '0-4',
  flexible: '0+',
  fields: {
    brokerId: int32('0+'),
    isMigratingZkBroker: bool('2+', { default: false }),
    incarnationId: uuid('0+'),
    brokerEpoch: int64('0+'),
    endPoints: array(BrokerEndpoint, '0+'),
    features: array(BrokerFeature, '0+'),
    rack: string('0+', { nullable: '0+' }),
    fenced: bool('0+', { default: true }),
    inControlledShutdown: bool('1+', { default: false }),
    logDirs: array('uuid', '3+', { tag: 0, tagged: '3+' }),
    cordonedLogDirs: array('uuid', '4+', { nullable: '4+', default: null, tag: 1, tagged: '4+' }),
  },
})
export type RegisterBrokerRecord = Value<typeof RegisterBrokerRecord>
