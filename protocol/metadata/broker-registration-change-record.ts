import { array, int8, int32, int64, message, type Value } from '../schema/notation.ts'

/** BrokerRegistrationChangeRecord (record type 17). Source: its specification in Apache Kafka 4.3.1. */
export const BrokerRegistrationChangeRecord = message({
  name: 'BrokerRegistrationChangeRecord',
  kind: 'metadata',
  key: 17,
  versions: '0-3',
  flexible: '0+',
  fields: {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+'),
    fenced: int8('0+', { tag: 0, tagged: '0+' }),
    inControlledShutdown: int8('1+', { tag: 1, tagged: '1+' }),
    logDirs: array('uuid', '2+', { tag: 2, tagged: '2+' }),
    cordonedLogDirs: array('uuid', '3+', { nullable: '3+', default: null, tag: 3, tagged: '3+' }),
  },
})
export type BrokerRegistrationChangeRecord = Value<typeof BrokerRegistrationChangeRecord>
