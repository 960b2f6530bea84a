import { api, array, bool, int16, int32, int64, message, string, struct, uint16, uuid, type Value } from '../schema/notation.ts'

const Listener = struct('Listener', {
  name: string('0+', { mapKey: true }),
  host: string('0+'),
  port: uint16('0+'),
  securityProtocol: int16('0+'),
})

const Feature = struct('Feature', {
  name: string('0+', { mapKey: true }),
  minSupportedVersion: int16('0+'),
  maxSupportedVersion: int16('0+'),
})

export const BrokerRegistrationRequest = message({
  name: 'BrokerRegistrationRequest',
  kind: 'request',
  key: 62,
  versions: '0-4',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    brokerId: int32('0+'),
    clusterId: string('0+'),
    incarnationId: uuid('0+'),
    listeners: array(Listener, '0+'),
    features: array(Feature, '0+'),
    rack: string('0+', { nullable: '0+' }),
    isMigratingZkBroker: bool('1+', { default: false }),
    logDirs: array('uuid', '2+', { ignorable: true }),
    previousBrokerEpoch: int64('3+', { default: -1, ignorable: true }),
  },
})
export type BrokerRegistrationRequest = Value<typeof BrokerRegistrationRequest>

export const BrokerRegistrationResponse = message({
  name: 'BrokerRegistrationResponse',
  kind: 'response',
  key: 62,
  versions: '0-4',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    brokerEpoch: int64('0+', { default: -1 }),
  },
})
export type BrokerRegistrationResponse = Value<typeof BrokerRegistrationResponse>

/** API key 62. Source: the specifications of BrokerRegistrationRequest and BrokerRegistrationResponse in Apache Kafka 4.3.1. */
export const BrokerRegistrationApi = api('BrokerRegistration', BrokerRegistrationRequest, BrokerRegistrationResponse)
