import { describe, expect, it } from 'vitest'
import { type Uuid, ZERO_UUID } from '../../../protocol/uuid.ts'
import { deferred } from '../../../src/base/deferred.ts'
import { noPeers } from '../../support/raft/no-peers.ts'
import { World } from '../../support/world/world.ts'
import { LOG_DIR, startRaft } from './raft-world.ts'

const METADATA = `${LOG_DIR}/__cluster_metadata-0`
/** Of a disk that was replaced. */
const LOST_DIRECTORY = 'AAAAAAAAAAAAAAAAAAAABw' as Uuid
const silentPeers = { ...noPeers, ask: () => new Promise<never>(() => undefined), askVersions: () => new Promise<never>(() => undefined) }
const staticVoter = { id: 1, directoryId: ZERO_UUID, endpoints: [], minKraftVersion: 0, maxKraftVersion: 0 }

describe('a node of a quorum of one', () => {
  it('leads epoch 1 of a fresh directory, and opens it with the voters that formatting named', async () => {
    const world = new World({ seed: 1 })
    const { raft, machine } = await world.complete(startRaft(world.node('a').ports))
    expect(raft.isLeader).toBe(true)
    expect(machine.leading).toEqual([1])
    expect(machine.batches[0]?.control.map((record) => record.type)).toEqual(['leader-change', 'kraft-version', 'voters'])
  })

  it('has persisted that it leads when it leads', async () => {
    const world = new World({ seed: 1 })
    await world.complete(startRaft(world.node('a').ports))
    const content = await world.complete(world.node('a').ports.disk.readFile(`${METADATA}/quorum-state`))
    expect(JSON.parse(String(content))).toMatchObject({ leaderId: 1, leaderEpoch: 1, votedId: -1, data_version: 1 })
  })

  it('writes no voters into the log of a static quorum', async () => {
    const world = new World({ seed: 1 })
    const { machine } = await world.complete(startRaft(world.node('a').ports, { staticVoters: [staticVoter] }))
    expect(machine.batches[0]?.control.map((record) => record.type)).toEqual(['leader-change'])
  })

  it('hands a record to the state machine before its append resolves', async () => {
    const world = new World({ seed: 1 })
    const { raft, machine } = await world.complete(startRaft(world.node('a').ports))
    const receipt = raft.append(raft.epoch, ['x', 'y'])
    expect(machine.records).toEqual([])
    await world.complete(receipt.committed)
    expect(machine.records).toEqual(['x', 'y'])
    expect(receipt).toMatchObject({ baseOffset: 3, lastOffset: 4 })
  })

  it('flushes once for all appends of a turn', async () => {
    const world = new World({ seed: 1 })
    const { raft } = await world.complete(startRaft(world.node('a').ports))
    const before = world.node('a').faults.changeCount
    const receipts = Array.from({ length: 100 }, (_, index) => raft.append(raft.epoch, [`record ${index}`]).committed)
    await world.complete(Promise.all(receipts))
    // 100 writes, and not 100 flushes.
    expect(world.node('a').faults.changeCount - before).toBeLessThan(120)
  })

  it('commits what is appended at any moment after another commit, be it while the flush for that one ends', async () => {
    for (let turns = 0; turns <= 12; turns++) {
      const world = new World({ seed: 1 })
      const { raft, machine } = await world.complete(startRaft(world.node('a').ports))
      const second = deferred<void>()
      const follow = async () => {
        for (let turn = 0; turn < turns; turn++) await Promise.resolve()
        await raft.append(1, ['y']).committed
        second.resolve()
      }
      machine.onCommit = (batch) => {
        if (batch.records[0] === 'x') void follow()
      }
      raft.append(1, ['x'])
      await world.complete(second.promise)
      expect(machine.records, `after ${turns} turns`).toEqual(['x', 'y'])
    }
  })

  it('begins the next epoch after a restart, with all that was committed', async () => {
    const world = new World({ seed: 1 })
    const first = await world.complete(startRaft(world.node('a').ports))
    await world.complete(first.raft.append(1, ['x']).committed)
    await world.complete(first.raft[Symbol.asyncDispose]())
    expect(first.machine.stepDowns).toEqual([1])
    world.crash('a', 'process')
    const second = await world.complete(startRaft(world.restart('a')))
    expect(second.raft.epoch).toBe(2)
    expect(second.machine.records).toEqual(['x'])
    expect(second.machine.leading).toEqual([2])
  })

  it('has lost nothing that was committed when the power fails', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const world = new World({ seed })
      const { raft } = await world.complete(startRaft(world.node('a').ports))
      const committed: string[] = []
      for (let index = 0; index < 30; index++) {
        void raft.append(1, [`record ${index}`]).committed.then(() => committed.push(`record ${index}`))
        await world.run(world.random.below(4))
      }
      world.crash('a', 'power')
      const { machine } = await world.complete(startRaft(world.restart('a')))
      expect(machine.records.slice(0, committed.length)).toEqual(committed)
    }
  })

  it('starts again wherever the power failed while it formatted, began to lead or wrote a snapshot', async () => {
    for (let change = 1; change <= 40; change++) {
      const world = new World({ seed: change })
      world.node('a').faults.crashAtChange(change)
      const committed: string[] = []
      const life = (async () => {
        const { raft } = await startRaft(world.node('a').ports)
        await raft.append(1, ['x']).committed
        committed.push('x')
        await raft.writeSnapshot({ offset: raft.logEndOffset, epoch: 1 }, 1, ['x'])
        await raft.append(1, ['y']).committed
        committed.push('y')
      })()
      life.catch(() => undefined)
      await world.run(1000)
      if (world.node('a').isRunning) world.crash('a', 'power')
      world.node('a').faults.clear()
      const { machine } = await world.complete(startRaft(world.restart('a')))
      expect(machine.records.slice(0, committed.length), `crash at change ${change}`).toEqual(committed)
    }
  })

  it('begins with the newest snapshot and reads only the log behind it', async () => {
    const world = new World({ seed: 1 })
    const first = await world.complete(startRaft(world.node('a').ports))
    await world.complete(first.raft.append(1, ['x', 'y']).committed)
    await world.complete(first.raft.writeSnapshot({ offset: 5, epoch: 1 }, 1, ['state of x and y']))
    await world.complete(first.raft.append(1, ['z']).committed)
    world.crash('a', 'power')
    const second = await world.complete(startRaft(world.restart('a')))
    expect(second.machine.snapshot).toEqual(['state of x and y'])
    expect(second.machine.records).toEqual(['state of x and y', 'z'])
    expect(second.machine.batches[0]?.baseOffset).toBe(5)
  })

  it('drops snapshots and segments that the retention does not keep, and starts from what is left', async () => {
    const world = new World({ seed: 1 })
    const { raft } = await world.complete(startRaft(world.node('a').ports, { retentionBytes: 3000, segmentBytes: 4200 }))
    for (let round = 1; round <= 5; round++) {
      await world.complete(raft.append(1, ['a'.repeat(2000), 'b'.repeat(2000)]).committed)
      await world.complete(raft.writeSnapshot({ offset: raft.logEndOffset, epoch: 1 }, round, [`state ${round}`]))
    }
    await world.run(1000)
    const names = (await world.complete(world.node('a').ports.disk.list(METADATA))).map((entry) => entry.name)
    expect(names.filter((name) => name.endsWith('.checkpoint'))).toEqual(['00000000000000000013-0000000001.checkpoint'])
    expect(names).not.toContain('00000000000000000000.log')
    world.crash('a', 'power')
    const second = await world.complete(startRaft(world.restart('a')))
    expect(second.machine.records).toEqual(['state 5'])
    expect(second.raft.voters).toHaveLength(1)
  })

  it('is busy when as many appends wait as may', async () => {
    const world = new World({ seed: 1 })
    const { raft } = await world.complete(startRaft(world.node('a').ports, { maxPendingAppends: 2 }))
    raft.append(1, ['x'])
    expect(raft.isBusy).toBe(false)
    const last = raft.append(1, ['y'])
    expect(raft.isBusy).toBe(true)
    await world.complete(last.committed)
    expect(raft.isBusy).toBe(false)
  })

  it('splits an append that is larger than a batch may be', async () => {
    const world = new World({ seed: 1 })
    const { raft, machine } = await world.complete(startRaft(world.node('a').ports))
    await world.complete(raft.append(1, new Array(25_000).fill('r')).committed)
    expect(machine.batches.slice(1).map((batch) => batch.records.length)).toEqual([10_000, 10_000, 5000])
  })

  it('gives up its leadership, and fails what is pending, when the log cannot be flushed', async () => {
    const world = new World({ seed: 1 })
    const { raft, machine } = await world.complete(startRaft(world.node('a').ports))
    world.node('a').faults.failNext({ reason: 'io', operation: 'flush', times: Number.POSITIVE_INFINITY })
    await expect(world.complete(raft.append(1, ['x']).committed)).rejects.toMatchObject({ code: 'METADATA_LOG' })
    expect(machine.records).toEqual([])
    expect(raft.isLeader).toBe(false)
    expect(machine.stepDowns).toEqual([1])
    expect(machine.failures).toHaveLength(1)
  })
})

describe('a node whose directory is another than the one that votes', () => {
  it('is no voter, whatever its id: it tells of itself as an observer when it follows', async () => {
    const world = new World({ seed: 1 })
    const voters = [1, 2].map((id) => ({ ...staticVoter, id, directoryId: LOST_DIRECTORY, endpoints: [{ name: 'CONTROLLER', host: 'localhost', port: 9093 }] }))
    const { raft } = await world.complete(startRaft(world.node('a').ports, { staticVoters: voters, isController: false, peers: silentPeers }))
    expect(raft.state()).toMatchObject({ role: 'unattached', leaderId: -1 })
    await world.complete(raft.handle({ type: 'begin-epoch', voter: null, leaderId: 2, epoch: 3 }, { maxBytes: 0, leaderEndpoints: [] }))
    expect(raft.state()).toMatchObject({ role: 'observer', leaderId: 2, epoch: 3 })
    await world.complete(raft[Symbol.asyncDispose]())
  })
})

describe('a node that cannot take part in its quorum', () => {
  it('since it is a controller that the settings leave out is refused', async () => {
    const world = new World({ seed: 1 })
    await expect(world.complete(startRaft(world.node('a').ports, { staticVoters: [{ ...staticVoter, id: 2 }] }))).rejects.toMatchObject({
      code: 'METADATA_QUORUM',
      message: expect.stringContaining('name it in controller.quorum.voters'),
    })
  })

  it('since nobody told it whom to ask is refused', async () => {
    const world = new World({ seed: 1 })
    await expect(world.complete(startRaft(world.node('a').ports, { staticVoters: [] }))).rejects.toMatchObject({
      code: 'METADATA_QUORUM',
      message: expect.stringContaining('set controller.quorum.bootstrap.servers'),
    })
  })

  it('since it lost the directory of the only voter is refused', async () => {
    const world = new World({ seed: 1 })
    const { raft } = await world.complete(startRaft(world.node('a').ports))
    await world.complete(raft[Symbol.asyncDispose]())
    await world.complete(world.node('a').ports.disk.removeFile(`${LOG_DIR}/meta.properties`))
    await expect(world.complete(startRaft(world.node('a').ports, { staticVoters: [] }))).rejects.toMatchObject({
      code: 'METADATA_QUORUM',
      message: expect.stringContaining('restore the directory that was lost'),
    })
  })

  it('with a damaged quorum-state is refused', async () => {
    const world = new World({ seed: 1 })
    await world.complete(startRaft(world.node('a').ports))
    await world.complete(world.node('a').ports.disk.writeFileAtomic(`${METADATA}/quorum-state`, Buffer.from('nonsense')))
    world.crash('a', 'process')
    await expect(world.complete(startRaft(world.restart('a')))).rejects.toThrow('quorum-state is damaged')
  })

  it('with a damaged snapshot is refused', async () => {
    const world = new World({ seed: 1 })
    await world.complete(startRaft(world.node('a').ports))
    await world.complete(world.node('a').ports.disk.writeFileAtomic(`${METADATA}/00000000000000000003-0000000001.checkpoint`, Buffer.from('nonsense')))
    world.crash('a', 'process')
    await expect(world.complete(startRaft(world.restart('a')))).rejects.toMatchObject({ code: 'METADATA_SNAPSHOT' })
  })
})
