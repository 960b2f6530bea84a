import { array, bool, int16, int32, message, string, struct, uint16, uuid, type Value } from '../schema/notation.ts'

/** RegisterControllerRecord (record type 27). Source: its specification in Apache Kafka 4.3.1. */
const ControllerEndpoint = struct('ControllerEndpoint', {
  name: string('0+', { mapKey: true }),
  host: string('0+'),
  port: uint16('0+'),
  securityProtocol: int16('0+'),
})

const ControllerFeature = struct('ControllerFeature', {
  name: string('0+', { mapKey: true }),
  minSupportedVersion: int16('0+'),
  maxSupportedVersion: int16('0+'),
})

export const RegisterControllerRecord = message({
  name: 'RegisterControllerRecord',
  kind: 'metadata',
  key: 27,
  versions: '0',
  flexible: '0+',
  fields: {
    controllerId: int32('0+'),
    incarnationId: uuid('0+'),
    zkMigrationReady: bool('0+'),
    endPoints: array(ControllerEndpoint, '0+'),
    features: array(ControllerFeature, '0+'),
  },
})
export type RegisterControllerRecord = Value<typeof RegisterControllerRecord>
