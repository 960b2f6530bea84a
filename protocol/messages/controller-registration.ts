import { api, array, bool, int16, int32, message, string, struct, uint16, uuid, type Value } from '../schema/notation.ts'

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

export const ControllerRegistrationRequest = message({
  name: 'ControllerRegistrationRequest',
  kind: 'request',
  key: 70,
  versions: '0',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    controllerId: int32('0+'),
    incarnationId: uuid('0+'),
    zkMigrationReady: bool('0+'),
    listeners: array(Listener, '0+'),
    features: array(Feature, '0+'),
  },
})
export type ControllerRegistrationRequest = Value<typeof ControllerRegistrationRequest>

export const ControllerRegistrationResponse = message({
  name: 'ControllerRegistrationResponse',
  kind: 'response',
  key: 70,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
  },
})
export type ControllerRegistrationResponse = Value<typeof ControllerRegistrationResponse>

/** API key 70. Source: the specifications of ControllerRegistrationRequest and ControllerRegistrationResponse in Apache Kafka 4.3.1. */
export const ControllerRegistrationApi = api('ControllerRegistration', ControllerRegistrationRequest, ControllerRegistrationResponse)
