import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTopicPartitionKey, topicPartitionKey } from '../../../src/base/topic-partition.ts'

describe('topic-partition keys', () => {
  it('come back as the topic and partition they were made of, dashes in topics included', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9._-]{1,20}$/), fc.nat({ max: 0x7fff_ffff }), (topic, partition) => {
        expect(parseTopicPartitionKey(topicPartitionKey(topic, partition))).toEqual({ topic, partition })
      }),
    )
  })

  it.each(['', 'topic', '-1', 'topic-', 'topic-01', 'topic-1x', 'topic--', 'topic-2147483648', 'topic-1-'])('%j is none', (text) => {
    expect(parseTopicPartitionKey(text)).toBeNull()
  })
})
