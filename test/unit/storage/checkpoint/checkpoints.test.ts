import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Uuid } from '../../../../protocol/uuid.ts'
import { decodeLeaderEpochs, encodeLeaderEpochs } from '../../../../src/storage/checkpoint/leader-epoch-checkpoint.ts'
import { decodeOffsets, encodeOffsets } from '../../../../src/storage/checkpoint/offset-checkpoint.ts'
import { decodePartitionMetadata, encodePartitionMetadata } from '../../../../src/storage/directory/partition-metadata.ts'

describe('offset checkpoints', () => {
  it('are written as Kafka writes them', () => {
    const offsets = new Map([
      ['my-topic-3', 100],
      ['other-0', 0],
    ])
    expect(encodeOffsets(offsets).toString()).toBe('0\n2\nmy-topic 3 100\nother 0 0\n')
  })

  it('come back as they were', () => {
    const offsets = new Map([
      ['my-topic-3', 2 ** 52],
      ['a.b_c-0', 7],
    ])
    expect(decodeOffsets(encodeOffsets(offsets))).toEqual({ offsets, problem: null })
  })

  it('that Kafka made and has not written yet are empty', () => {
    expect(decodeOffsets(Buffer.alloc(0))).toEqual({ offsets: new Map(), problem: null })
  })

  it.each([
    { content: '1\n0\n', problem: 'unknown version' },
    { content: '\n', problem: 'unknown version' },
    { content: '0\n', problem: 'no count of entries' },
    { content: '0\n2\na 0 5\n', problem: '2 entries announced, 1 found' },
    { content: '0\n1\na 0 5\nb 0 6\n', problem: '1 entries announced, 2 found' },
    { content: '0\n2\na 0 5\nb zero 6\n', problem: "not a partition and its offset: 'b zero 6'" },
    { content: '0\n2\na 0 5\nb 0 -6\n', problem: "not a partition and its offset: 'b 0 -6'" },
  ])('of $content say what is wrong and keep what is before', ({ content, problem }) => {
    const read = decodeOffsets(Buffer.from(content))
    expect(read.problem).toBe(problem)
    expect([...read.offsets].every(([key, offset]) => key === 'a-0' && offset === 5)).toBe(true)
  })

  it('are read from any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (content) => {
        for (const offset of decodeOffsets(Buffer.from(content)).offsets.values()) expect(offset).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

describe('leader epoch checkpoints', () => {
  it('are written as Kafka writes them', () => {
    const entries = [
      { epoch: 0, startOffset: 0 },
      { epoch: 5, startOffset: 170 },
    ]
    expect(encodeLeaderEpochs(entries).toString()).toBe('0\n2\n0 0\n5 170\n')
    expect(decodeLeaderEpochs(encodeLeaderEpochs(entries))).toEqual({ entries, problem: null })
  })

  it('keep the entries before one that goes back', () => {
    expect(decodeLeaderEpochs(Buffer.from('0\n3\n1 10\n3 20\n2 30\n'))).toEqual({
      entries: [
        { epoch: 1, startOffset: 10 },
        { epoch: 3, startOffset: 20 },
      ],
      problem: "not an epoch and its start: '2 30'",
    })
  })

  it('are read from any text as epochs that rise', () => {
    const line = fc.tuple(fc.nat(9), fc.nat(99)).map(([epoch, offset]) => `${epoch} ${offset}`)
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string()), { maxLength: 8 }), (lines) => {
        const { entries } = decodeLeaderEpochs(Buffer.from(`0\n${lines.length}\n${lines.join('\n')}\n`))
        const epochs = entries.map((entry) => entry.epoch)
        expect(epochs).toEqual([...new Set(epochs)].sort((a, b) => a - b))
      }),
    )
  })
})

describe('partition.metadata', () => {
  const topicId = '2cpOPURqSU2jEYyVvUg-hQ' as Uuid

  it('is written as Kafka writes it', () => {
    expect(encodePartitionMetadata(topicId).toString()).toBe('version: 0\ntopic_id: 2cpOPURqSU2jEYyVvUg-hQ')
  })

  it('gives the topic id, and null when the file is not whole', () => {
    const content = encodePartitionMetadata(topicId)
    expect(decodePartitionMetadata(content)).toBe(topicId)
    expect(decodePartitionMetadata(Buffer.concat([content, Buffer.from('\n')]))).toBe(topicId)
    for (let length = 0; length < content.length; length++) expect(decodePartitionMetadata(content.subarray(0, length))).toBeNull()
  })
})
