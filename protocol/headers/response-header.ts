import { int32, message, type Value } from '../schema/notation.ts'

/** Source: the specification of ResponseHeader in Apache Kafka 4.3.1. */
export const ResponseHeader = message({
  name: 'ResponseHeader',
  kind: 'header',
  versions: '0-1',
  flexible: '1+',
  fields: {
    correlationId: int32('0+'),
  },
})
export type ResponseHeader = Value<typeof ResponseHeader>
