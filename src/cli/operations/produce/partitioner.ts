import { ErrorCode } from '../../../../protocol/error-codes.ts'
import type { Random } from '../../../base/ports.ts'
import { KafkaError } from '../kafka-error.ts'

/**
 * Chooses partitions as Java's producer does: equal keys go to one partition, records without a key fill a batch of one
 * partition before they go to another. Source: KIP-480, KIP-794.
 */
export class Partitioner {
  readonly #random: Random
  readonly #stickyBytes: number
  #sticky = -1
  #bytesSent = 0

  constructor(random: Random, stickyBytes: number) {
    this.#random = random
    this.#stickyBytes = stickyBytes
  }

  partitionOf(key: Uint8Array | null, sizeBytes: number, partitionCount: number): number {
    if (partitionCount < 1) throw new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    if (key !== null) return (murmur2(key) & 0x7fff_ffff) % partitionCount
    if (this.#sticky < 0 || this.#sticky >= partitionCount || this.#bytesSent >= this.#stickyBytes) {
      this.#sticky = this.#random.below(partitionCount)
      this.#bytesSent = 0
    }
    this.#bytesSent += sizeBytes
    return this.#sticky
  }
}

const SEED = 0x9747_b28c
const MULTIPLIER = 0x5bd1_e995
const SHIFT = 24

/** The hash by which Kafka's clients place keys. Source: the MurmurHash2 algorithm (32 bits), with the seed of Kafka's clients. */
export function murmur2(bytes: Uint8Array): number {
  let hash = (SEED ^ bytes.length) | 0
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const wholeBytes = bytes.length - (bytes.length % 4)
  for (let at = 0; at < wholeBytes; at += 4) {
    const word = Math.imul(view.getInt32(at, true), MULTIPLIER)
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word ^ (word >>> SHIFT), MULTIPLIER)
  }
  if (wholeBytes < bytes.length) {
    for (let at = bytes.length - 1; at >= wholeBytes; at--) hash ^= (bytes[at] as number) << (8 * (at - wholeBytes))
    hash = Math.imul(hash, MULTIPLIER)
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER)
  return hash ^ (hash >>> 15)
}
