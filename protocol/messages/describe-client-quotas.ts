import { api, array, bool, float64, int8, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const ComponentData = struct('ComponentData', {
  entityType: string('0+'),
  matchType: int8('0+'),
  match: string('0+', { nullable: '0+' }),
})

export const DescribeClientQuotasRequest = message({
  name: 'DescribeClientQuotasRequest',
  kind: 'request',
  key: 48,
  versions: '0-1',
  flexible: '1+',
  listeners: ['broker'],
  fields: {
    components: array(ComponentData, '0+'),
    strict: bool('0+'),
  },
})
export type DescribeClientQuotasRequest = Value<typeof DescribeClientQuotasRequest>

const EntityData = struct('EntityData', {
  entityType: string('0+'),
  entityName: string('0+', { nullable: '0+' }),
})

const ValueData = struct('ValueData', {
  key: string('0+'),
  value: float64('0+'),
})

const EntryData = struct('EntryData', {
  entity: array(EntityData, '0+'),
  values: array(ValueData, '0+'),
})

export const DescribeClientQuotasResponse = message({
  name: 'DescribeClientQuotasResponse',
  kind: 'response',
  key: 48,
  versions: '0-1',
  flexible: '1+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    entries: array(EntryData, '0+', { nullable: '0+' }),
  },
})
export type DescribeClientQuotasResponse = Value<typeof DescribeClientQuotasResponse>

/** API key 48. Source: the specifications of DescribeClientQuotasRequest and DescribeClientQuotasResponse in Apache Kafka 4.3.1. */
export const DescribeClientQuotasApi = api('DescribeClientQuotas', DescribeClientQuotasRequest, DescribeClientQuotasResponse)
