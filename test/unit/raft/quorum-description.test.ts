import { describe, expect, it } from 'vitest'
import { ZERO_UUID } from '../../../protocol/uuid.ts'
import { describeQuorum } from '../../../src/raft/quorum-description.ts'
import type { Voter } from '../../../src/raft/voter-set.ts'
import { World } from '../../support/world/world.ts'
import { LOG_DIR, startRaft } from './raft-world.ts'

const voter = (id: number): Voter => ({
  id,
  directoryId: ZERO_UUID,
  endpoints: [{ name: 'CONTROLLER', host: `node-${id}`, port: 9093 }],
  minKraftVersion: 0,
  maxKraftVersion: 0,
})

describe('the quorum as its leader tells of it', () => {
  it('says how far each is and when it was heard, in wall time, of voters and of observers', () => {
    const progress = {
      key: { id: 2, directoryId: ZERO_UUID },
      endOffset: 42,
      lastFetchMs: -1,
      lastCaughtUpMs: -1,
      knownOffset: -1,
      leaderEndOffset: -1,
      knowsLeader: false,
    }
    const heard = { ...progress, key: { id: 3, directoryId: ZERO_UUID }, endOffset: 41, lastFetchMs: 90, lastCaughtUpMs: 80 }
    const description = describeQuorum({
      leaderId: 2,
      leaderEpoch: 7,
      highWatermark: 40,
      voters: [voter(1), voter(2)],
      progress: { voters: [{ ...progress, key: { id: 1, directoryId: ZERO_UUID }, endOffset: -1 }, progress], observers: [heard], committedOffset: 40 },
      nowMs: 1000,
      monotonicMs: 100,
    })
    expect(description).toEqual({
      leaderId: 2,
      leaderEpoch: 7,
      highWatermark: 40,
      voters: [
        { id: 1, directoryId: ZERO_UUID, endpoints: voter(1).endpoints, logEndOffset: -1, lastFetchMs: -1, lastCaughtUpMs: -1 },
        { id: 2, directoryId: ZERO_UUID, endpoints: voter(2).endpoints, logEndOffset: 42, lastFetchMs: 1000, lastCaughtUpMs: 1000 },
      ],
      observers: [{ id: 3, directoryId: ZERO_UUID, endpoints: [], logEndOffset: 41, lastFetchMs: 990, lastCaughtUpMs: 980 }],
    })
  })

  it('knows no high watermark before something of its own epoch is committed', () => {
    const progress = { voters: [], observers: [], committedOffset: null }
    const own = { leaderId: 2, leaderEpoch: 7, highWatermark: 40, voters: [voter(2)], progress }
    expect(describeQuorum({ ...own, nowMs: 1000, monotonicMs: 100 }).highWatermark).toBe(-1)
  })

  it('has what is committed as high watermark, and ends with the leader', async () => {
    const world = new World({ seed: 1 })
    const { raft } = await world.complete(startRaft(world.node('a').ports))
    await world.complete(raft.append(1, ['x', 'y']).committed)
    expect(raft.describe()).toMatchObject({ leaderId: 1, leaderEpoch: 1, highWatermark: 5, voters: [{ id: 1, logEndOffset: 5 }] })
    await world.complete(raft[Symbol.asyncDispose]())
    expect(raft.describe()).toBeNull()
  })
})

describe('who leads the quorum', () => {
  it('is known to a node that leads, with where it is reached, and to nobody when that stops', async () => {
    const world = new World({ seed: 1 })
    const { raft } = await world.complete(startRaft(world.node('a').ports))
    expect(raft.leader()).toEqual({ id: 1, epoch: 1, endpoint: { host: 'localhost', port: 9093 } })
    const told: unknown[] = []
    const silent: unknown[] = []
    raft.onLeaderChange((leader) => told.push(leader))
    raft.onLeaderChange((leader) => silent.push(leader))()
    await world.complete(raft[Symbol.asyncDispose]())
    expect(raft.leader()).toBeNull()
    expect([told, silent]).toEqual([[null], []])
  })
})

describe('a static quorum that becomes a dynamic one', () => {
  const statically = { staticVoters: [voter(1)] }

  it('names this node with its directory as the voter, in the log', async () => {
    const world = new World({ seed: 1 })
    const { raft, machine } = await world.complete(startRaft(world.node('a').ports, statically))
    expect([raft.kraftVersion, raft.voters[0]?.directoryId]).toEqual([0, ZERO_UUID])
    raft.upgradeKraftVersion(1, 1)
    await world.complete(raft.append(1, ['x']).committed)
    expect(machine.batches.map((batch) => batch.control.map((record) => record.type))).toEqual([['leader-change'], ['kraft-version', 'voters'], []])
    expect(raft.kraftVersion).toBe(1)
    expect(raft.voters).toMatchObject([{ id: 1, endpoints: [{ name: 'CONTROLLER', host: 'localhost' }], minKraftVersion: 0, maxKraftVersion: 1 }])
    expect(raft.voters[0]?.directoryId).not.toBe(ZERO_UUID)
  })

  it('stays one wherever the power fails after that was committed, with a snapshot or without', async () => {
    for (const hasSnapshot of [false, true]) {
      const world = new World({ seed: 2 })
      const { raft } = await world.complete(startRaft(world.node('a').ports, statically))
      raft.upgradeKraftVersion(1, 1)
      await world.complete(raft.append(1, ['x']).committed)
      const { voters } = raft
      if (hasSnapshot) await world.complete(raft.writeSnapshot({ offset: raft.logEndOffset, epoch: 1 }, 1, ['x']))
      world.crash('a', 'power')
      // The settings still say that the quorum is static.
      const second = await world.complete(startRaft(world.restart('a'), statically))
      expect(second.raft.kraftVersion).toBe(1)
      expect(second.raft.voters).toEqual(voters)
      expect(second.machine.records).toEqual(['x'])
      const content = await world.complete(world.node('a').ports.disk.readFile(`${LOG_DIR}/__cluster_metadata-0/quorum-state`))
      expect(JSON.parse(String(content))).toMatchObject({ leaderEpoch: 2, data_version: 1 })
    }
  })
})
