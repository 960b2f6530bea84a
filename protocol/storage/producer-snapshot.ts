import { array, int16, int32, int64, message, struct, uint32, type Value } from '../schema/notation.ts'

/** ProducerSnapshot. Source: its specification in Apache Kafka 4.3.1. */
const ProducerEntry = struct('ProducerEntry', {
  producerId: int64('1'),
  epoch: int16('1'),
  lastSequence: int32('1'),
  lastOffset: int64('1'),
  offsetDelta: int32('1'),
  timestamp: int64('1'),
  coordinatorEpoch: int32('1'),
  currentTxnFirstOffset: int64('1'),
})

export const ProducerSnapshot = message({
  name: 'ProducerSnapshot',
  kind: 'data',
  versions: '1',
  flexible: 'none',
  fields: {
    crc: uint32('1'),
    producerEntries: array(ProducerEntry, '1'),
  },
})
export type ProducerSnapshot = Value<typeof ProducerSnapshot>
