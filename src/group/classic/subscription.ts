import { ConsumerProtocolSubscription } from '../../../protocol/data/consumer-protocol-subscription.ts'
import { DecodeError } from '../../../protocol/errors.ts'
import { decodeMessage } from '../../../protocol/schema/codec.ts'
import { Reader } from '../../../protocol/wire/reader.ts'
import type { ClassicMember } from './member.ts'

/**
 * The topics to which any of these members of a consumer group subscribes; null where that is not known.
 * @param protocolName that the group runs; null while it runs none
 */
export function subscribedByAny(members: readonly ClassicMember[], protocolName: string | null): ReadonlySet<string> | null {
  if (members.length === 0) return new Set()
  if (protocolName === null) return null
  const topics = new Set<string>()
  for (const member of members) {
    const subscribed = subscribedTopics(member.metadataFor(protocolName))
    if (subscribed === null) return null
    for (const topic of subscribed) topics.add(topic)
  }
  return topics
}

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
