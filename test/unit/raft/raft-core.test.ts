import { describe, expect, it } from 'vitest'
import { ZERO_UUID } from '../../../protocol/uuid.ts'
import { RaftCore, type RaftEffect } from '../../../src/raft/raft-core.ts'

function core(options: { readonly epoch?: number; readonly logEndOffset?: number; readonly voterIds?: readonly number[] } = {}): RaftCore {
  return new RaftCore({
    nodeId: 1,
    directoryId: ZERO_UUID,
    voterIds: options.voterIds ?? [1],
    election: { epoch: options.epoch ?? 0, leaderId: null, voted: null },
    logEndOffset: options.logEndOffset ?? 0,
  })
}

const types = (effects: readonly RaftEffect[]) => effects.map((effect) => effect.type)

describe('a quorum of one', () => {
  it('persists its own vote in the next epoch, then that it leads, before it opens the epoch', () => {
    const effects = core({ epoch: 4 }).step({ type: 'start' })
    expect(types(effects)).toEqual(['persist-election', 'persist-election', 'open-epoch'])
    expect(effects[0]).toMatchObject({ state: { epoch: 5, leaderId: null, voted: { id: 1 } } })
    expect(effects[1]).toMatchObject({ state: { epoch: 5, leaderId: 1, voted: null } })
    expect(effects[2]).toMatchObject({ epoch: 5, leaderId: 1, voterIds: [1], grantingVoterIds: [1] })
  })

  it('commits what is flushed', () => {
    const raft = core()
    raft.step({ type: 'start' })
    raft.step({ type: 'appended', endOffset: 3 })
    expect(raft.step({ type: 'flushed', endOffset: 3 })).toEqual([{ type: 'commit', highWatermark: 3 }])
    expect(raft.highWatermark).toBe(3)
  })

  it('commits nothing of earlier epochs before a record of its own is durable', () => {
    const raft = core({ logEndOffset: 10 })
    raft.step({ type: 'start' })
    expect(raft.step({ type: 'flushed', endOffset: 10 })).toEqual([])
    raft.step({ type: 'appended', endOffset: 11 })
    expect(raft.step({ type: 'flushed', endOffset: 11 })).toEqual([{ type: 'commit', highWatermark: 11 }])
  })

  it('says nothing when a flush brought nothing new', () => {
    const raft = core()
    raft.step({ type: 'start' })
    raft.step({ type: 'appended', endOffset: 1 })
    raft.step({ type: 'flushed', endOffset: 1 })
    expect(raft.step({ type: 'flushed', endOffset: 1 })).toEqual([])
  })

  it('commits nothing after it resigned', () => {
    const raft = core()
    raft.step({ type: 'start' })
    raft.step({ type: 'appended', endOffset: 1 })
    expect(raft.step({ type: 'resign' })).toEqual([{ type: 'step-down', epoch: 1 }])
    expect(raft.step({ type: 'flushed', endOffset: 1 })).toEqual([])
    expect(raft.role).toBe('resigned')
  })
})

describe('a node among several voters', () => {
  it('does not lead by its own vote alone', () => {
    const raft = core({ voterIds: [1, 2, 3] })
    expect(types(raft.step({ type: 'start' }))).toEqual(['persist-election'])
    expect(raft.role).toBe('candidate')
  })

  it('does not stand when it is no voter', () => {
    const raft = core({ voterIds: [2] })
    expect(raft.step({ type: 'start' })).toEqual([])
    expect(raft.role).toBe('unattached')
  })
})
