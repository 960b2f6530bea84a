import { int16, int32, message, string, type Value } from '../schema/notation.ts'

/** Source: the specification of RequestHeader in Apache Kafka 4.3.1. */
export const RequestHeader = message({
  name: 'RequestHeader',
  kind: 'header',
  versions: '1-2',
  flexible: '2+',
  fields: {
    requestApiKey: int16('0+'),
    requestApiVersion: int16('0+'),
    correlationId: int32('0+'),
    clientId: string('1+', { nullable: '1+', flexible: 'none' }),
  },
})
export type RequestHeader = Value<typeof RequestHeader>
