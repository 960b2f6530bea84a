import { int32, message, type Value } from '../schema/notation.ts'

/** Source: the specification of EndTxnMarker in Apache Kafka 4.3.1. */
export const EndTxnMarker = message({
  name: 'EndTxnMarker',
  kind: 'data',
  versions: '0',
  flexible: 'none',
  fields: {
    coordinatorEpoch: int32('0+'),
  },
})
export type EndTxnMarker = Value<typeof EndTxnMarker>
