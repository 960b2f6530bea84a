import { ConsumerProtocolSubscription } from '../../../protocol/data/consumer-protocol-subscription.ts'
import { DecodeError } from '../../../protocol/errors.ts'
import { decodeMessage } from '../../../protocol/schema/codec.ts'
import { Reader } from '../../../protocol/wire/reader.ts'

/**
 * The topics in a consumer's subscription: what members of groups with protocol type `consumer` send as their metadata.
 * Only the part that all versions begin with is read. null when `metadata` is something else, as other clients may send.
 *
 * Source: org.apache.kafka.clients.consumer.internals.ConsumerProtocol.
 */
export function subscribedTopics(metadata: Buffer): readonly string[] | null {
  try {
    const reader = new Reader(metadata)
    if (reader.int16() < 0) return null
    return decodeMessage(ConsumerProtocolSubscription, reader, 0).topics
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}
