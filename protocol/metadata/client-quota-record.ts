import { array, bool, float64, message, string, struct, type Value } from '../schema/notation.ts'

/** ClientQuotaRecord (record type 14). Source: its specification in Apache Kafka 4.3.1. */
const EntityData = struct('EntityData', {
  entityType: string('0+'),
  entityName: string('0+', { nullable: '0+' }),
})

export const ClientQuotaRecord = message({
  name: 'ClientQuotaRecord',
  kind: 'metadata',
  key: 14,
  versions: '0',
  flexible: '0+',
  fields: {
    entity: array(EntityData, '0+'),
    key: string('0+'),
    value: float64('0+'),
    remove: bool('0+'),
  },
})
export type ClientQuotaRecord = Value<typeof ClientQuotaRecord>
