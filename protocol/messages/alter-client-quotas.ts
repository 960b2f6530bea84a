import { api, array, bool, float64, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const EntityData = struct('EntityData', {
  entityType: string('0+'),
  entityName: string('0+', { nullable: '0+' }),
})

const OpData = struct('OpData', {
  key: string('0+'),
  value: float64('0+'),
  remove: bool('0+'),
})

const EntryData = struct('EntryData', {
  entity: array(EntityData, '0+'),
  ops: array(OpData, '0+'),
})

export const AlterClientQuotasRequest = message({
  name: 'AlterClientQuotasRequest',
  kind: 'request',
  key: 49,
  versions: '0-1',
  flexible: '1+',
  listeners: ['broker', 'controller'],
  fields: {
    entries: array(EntryData, '0+'),
    validateOnly: bool('0+'),
  },
})
export type AlterClientQuotasRequest = Value<typeof AlterClientQuotasRequest>

const ResponseEntityData = struct('EntityData', {
  entityType: string('0+'),
  entityName: string('0+', { nullable: '0+' }),
})

const ResponseEntryData = struct('EntryData', {
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+' }),
  entity: array(ResponseEntityData, '0+'),
})

export const AlterClientQuotasResponse = message({
  name: 'AlterClientQuotasResponse',
  kind: 'response',
  key: 49,
  versions: '0-1',
  flexible: '1+',
  fields: {
    throttleTimeMs: int32('0+'),
    entries: array(ResponseEntryData, '0+'),
  },
})
export type AlterClientQuotasResponse = Value<typeof AlterClientQuotasResponse>

/** API key 49. Source: the specifications of AlterClientQuotasRequest and AlterClientQuotasResponse in Apache Kafka 4.3.1. */
export const AlterClientQuotasApi = api('AlterClientQuotas', AlterClientQuotasRequest, AlterClientQuotasResponse)
