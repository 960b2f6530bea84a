import { ErrorCode, errorMessage } from '../../protocol/error-codes.ts'
import { DescribeProducersApi } from '../../protocol/messages/describe-producers.ts'
import { topicNameRefusal } from '../controller/topics/topic-names.ts'
import type { MetadataImage } from '../metadata/image.ts'
import { activeProducers } from '../replication/active-producers.ts'
import type { ActiveProducer } from '../storage/log/results.ts'
import { defineHandler } from './define-handler.ts'

const NO_OFFSET = -1

/**
 * DescribeProducers (key 61), version 0. The producers that the leaders of partitions remember, with their open transactions.
 * Deviates: nowhere.  Source: KIP-664.
 */
export const describeProducersHandler = defineHandler({
  api: DescribeProducersApi,
  listeners: ['broker'],
  handle({ services: { replicas } }, { topics }) {
    const { image } = replicas
    return {
      throttleTimeMs: 0,
      topics: topics.map(({ name, partitionIndexes }) => {
        const refusal = refusalOf(image, name)
        const partitions = partitionIndexes.map((partitionIndex) => {
          if (refusal !== null) return { partitionIndex, ...refusal, activeProducers: [] }
          const { errorCode, producers } = activeProducers(replicas, name, partitionIndex)
          return { partitionIndex, errorCode, errorMessage: null, activeProducers: producers.map(stateOf) }
        })
        return { name, partitions }
      }),
    }
  },
})

function refusalOf(image: MetadataImage, name: string): { readonly errorCode: ErrorCode; readonly errorMessage: string | null } | null {
  const invalid = topicNameRefusal(name)
  if (invalid !== null) return { errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION, errorMessage: invalid }
  if (image.topics.byName.has(name)) return null
  return { errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, errorMessage: errorMessage(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) }
}

function stateOf({ lastTimestampMs, currentTransactionStartOffset, ...producer }: ActiveProducer) {
  return { ...producer, lastTimestamp: lastTimestampMs, currentTxnStartOffset: currentTransactionStartOffset ?? NO_OFFSET }
}
