import { beforeEach, describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { FetchApi } from '../../../../protocol/messages/fetch.ts'
import { ProduceApi } from '../../../../protocol/messages/produce.ts'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'
import { PeerClient } from '../../../../src/client/peer-client.ts'
import { deleteRecords } from '../../../../src/replication/delete-records.ts'
import { ReplicaNode, type ReplicaNodeOptions } from '../../../support/replication/replica-node.ts'
import { SmallController } from '../../../support/replication/small-controller.ts'
import { World } from '../../../support/world/world.ts'

let world: World
let controller: SmallController
let nodes: ReplicaNode[]

async function start(count: number, options: Partial<ReplicaNodeOptions> = {}): Promise<void> {
  world = new World({ seed: 1 })
  controller = new SmallController()
  nodes = Array.from({ length: count }, (_, index) => new ReplicaNode({ world, controller, id: index + 1, ...options }))
  controller.onChange = () => {
    for (const node of nodes) node.metadataChanged()
  }
  await world.complete(Promise.all(nodes.map((node) => node.start())))
}

const nodeOf = (id: number) => nodes[id - 1] as ReplicaNode

async function createTopic(replicas: readonly number[]): Promise<void> {
  controller.createTopic('t', [replicas])
  await world.run(10)
}

const partitionOf = (id: number) => nodeOf(id).partition('t')

async function bytesOf(id: number, end: number): Promise<string[]> {
  return (await world.complete(nodeOf(id).batches('t', end))).map(({ bytes }) => bytes.toString('hex'))
}

/** A node that stops: the controller sees it at once. */
function crash(id: number): void {
  nodeOf(id).crash('process')
  controller.fence(id)
}

async function inSync(count: number): Promise<void> {
  await world.runUntil(() => controller.partition('t', 0).isr.length === count, { withinMs: 60_000 })
  // The leader hears it too.
  await world.run(10)
}

const produce = (leader: number, value: string) => world.complete(nodeOf(leader).produce('t', value))

async function produceMany(leader: number, count: number, acks = -1): Promise<void> {
  for (let each = 0; each < count; each++) expect(await world.complete(nodeOf(leader).produce('t', `value ${each}`, { acks }))).toMatchObject({ errorCode: 0 })
}

it('a follower has on its device what it has acknowledged, where flush.messages says so', async () => {
  await start(2, { minInsyncReplicas: 2, logConfig: { flushMessages: 1 } })
  await createTopic([1, 2])
  await produceMany(1, 20)
  for (const node of nodes) node.crash('power')
  await world.complete(nodeOf(2).restart())
  await world.run(10)
  expect(partitionOf(2).logEndOffset).toBe(20)
})

describe('two replicas', () => {
  beforeEach(async () => {
    await start(2, { minInsyncReplicas: 2 })
    await createTopic([1, 2])
  })

  it('acknowledge a record when both have it, and the follower learns that it is committed', async () => {
    for (let count = 0; count < 5; count++) expect(await produce(1, `value-${count}`)).toMatchObject({ errorCode: 0, baseOffset: count })
    expect(partitionOf(2).logEndOffset).toBe(5)
    await world.run(600)
    expect(partitionOf(2).highWatermark).toBe(5)
    expect(await bytesOf(2, 5)).toEqual(await bytesOf(1, 5))
    expect(nodes.flatMap(({ failures }) => failures)).toEqual([])
  })

  it('acknowledge nothing while one of them is away, and go on when it is back in sync', async () => {
    crash(2)
    await world.run(10)
    expect(await produce(1, 'refused')).toMatchObject({ errorCode: ErrorCode.NOT_ENOUGH_REPLICAS })
    await produceMany(1, 3, 1)
    await world.complete(nodeOf(2).restart())
    await inSync(2)
    await produceMany(1, 2)
    expect(partitionOf(2).logEndOffset).toBe(5)
    expect(await bytesOf(2, 5)).toEqual(await bytesOf(1, 5))
  })

  it('acknowledge what waits for a replica that is cut off when it is back, also where it left the in-sync ones meanwhile', async () => {
    world.network.partition(['n1'], ['n2'])
    const produced = nodeOf(1).produce('t', 'too few', { timeoutMs: 120_000 })
    await world.runUntil(() => controller.partition('t', 0).isr.length === 1, { withinMs: 60_000 })
    world.network.heal()
    expect(await world.complete(produced)).toMatchObject({ errorCode: ErrorCode.NONE })
  })

  it('have all at once that a producer has on its way: nothing of it waits for an answer to what is before', async () => {
    const { ports } = world.node('producer')
    const client = new PeerClient({ endpoint: { host: 'n1', port: 9092 }, ...ports, clientId: 'producer', timeoutMs: 10_000 })
    await world.complete(client.versionOf(ProduceApi))
    world.network.partition(['n1'], ['n2'])
    const answers = ['a', 'b', 'c'].map((value) => {
      const records = buildBatch({}, [{ timestamp: 1, value: Buffer.from(value) }])
      const topicData = [{ topicId: partitionOf(1).topicId, partitionData: [{ index: 0, records }] }]
      return client.send(ProduceApi, { transactionalId: null, acks: -1, timeoutMs: 5_000, topicData })
    })
    await world.run(100)
    expect(partitionOf(1)).toMatchObject({ logEndOffset: 3, highWatermark: 0 })
    world.network.heal()
    const answered = await world.complete(Promise.all(answers))
    expect(answered.map(({ responses }) => responses[0]?.partitionResponses[0])).toMatchObject([0, 1, 2].map((baseOffset) => ({ errorCode: 0, baseOffset })))
    expect(await bytesOf(2, 3)).toEqual(await bytesOf(1, 3))
  })

  it('delete the same records, and the answer waits for both', async () => {
    await produceMany(1, 4)
    const deletions = [{ topic: 't', partition: 0, offset: 3 }]
    const options = { timeoutMs: 5_000, closed: () => new AbortController().signal }
    const outcome = await world.complete(Promise.resolve(deleteRecords(nodeOf(1).replicas, deletions, options)))
    expect(outcome).toEqual([{ errorCode: 0, lowWatermark: 3 }])
    expect(partitionOf(2).logStartOffset).toBe(3)
  })
})

describe('a follower', () => {
  it('gives up what a leader that was not in sync never had', async () => {
    await start(2)
    await createTopic([1, 2])
    await produceMany(1, 3)
    crash(2)
    await world.run(10)
    await produceMany(1, 4)
    const lost = await bytesOf(1, 7)
    crash(1)
    await world.complete(nodeOf(2).restart())
    controller.elect('t', 0, 2)
    await world.run(10)
    await produceMany(2, 2)
    await world.complete(nodeOf(1).restart())
    await inSync(2)
    await world.run(600)
    expect(partitionOf(1)).toMatchObject({ logEndOffset: 5, highWatermark: 5 })
    expect(await bytesOf(1, 5)).toEqual(await bytesOf(2, 5))
    expect((await bytesOf(1, 5)).slice(3)).not.toEqual(lost.slice(3, 5))
  })

  it('begins anew where the leader has given up all that it holds', async () => {
    await start(2)
    await createTopic([1, 2])
    await produceMany(1, 3)
    crash(2)
    await world.run(10)
    await produceMany(1, 4)
    partitionOf(1).log?.incrementLogStartOffset(6)
    await world.complete(nodeOf(2).restart())
    await inSync(2)
    expect(partitionOf(2)).toMatchObject({ logStartOffset: 6, logEndOffset: 7 })
    expect(await bytesOf(2, 7)).toEqual(await bytesOf(1, 7))
  })

  it('has the batch within which the log of its leader begins', async () => {
    await start(2)
    await createTopic([1, 2])
    crash(2)
    await world.run(10)
    await world.complete(nodeOf(1).produce('t', ['a', 'b', 'c']))
    await world.complete(nodeOf(1).produce('t', ['d', 'e']))
    partitionOf(1).log?.incrementLogStartOffset(2)
    await world.complete(nodeOf(2).restart())
    await inSync(2)
    expect(partitionOf(2)).toMatchObject({ logStartOffset: 2, logEndOffset: 5, highWatermark: 5 })
    expect(await bytesOf(2, 5)).toEqual(await bytesOf(1, 5))
  })

  it('goes to the new leader when the old one is gone, with nothing committed lost', async () => {
    await start(3, { minInsyncReplicas: 2 })
    await createTopic([1, 2, 3])
    await produceMany(1, 5)
    const committed = await bytesOf(1, 5)
    crash(1)
    await world.run(50)
    await produceMany(2, 3)
    await world.complete(nodeOf(1).restart())
    await inSync(3)
    await produceMany(2, 1)
    for (const id of [1, 2, 3]) expect(await bytesOf(id, 9)).toEqual(await bytesOf(2, 9))
    expect((await bytesOf(3, 9)).slice(0, 5)).toEqual(committed)
  })

  it('copies nothing more when its disk has failed, and the leader goes on without it', async () => {
    await start(2)
    await createTopic([1, 2])
    await produceMany(1, 2)
    world.node('n2').faults.failNext({ operation: 'write', pathIncludes: '/data', reason: 'no-space' })
    const produced = nodeOf(1).produce('t', 'value', { timeoutMs: 120_000 })
    await world.runUntil(() => partitionOf(2).isOffline, { withinMs: 5_000 })
    expect(await world.complete(produced)).toMatchObject({ errorCode: 0 })
    expect(controller.partition('t', 0).isr).toEqual([1])
  })

  it('asks again for batches that came damaged, and goes on with other partitions', async () => {
    await start(2, { settings: { replicaLagTimeMaxMs: 3_000 } })
    controller.createTopic('t', [[1, 2]])
    controller.createTopic('other', [[1, 2]])
    await world.run(10)
    await produceMany(1, 1)
    const file = await world.complete(world.node('n1').ports.disk.open('/data/t-0/00000000000000000000.log', 'write'))
    crash(2)
    await world.run(10)
    await produceMany(1, 1)
    const position = (await world.complete(nodeOf(1).batches('t', 1)))[0]?.sizeBytes as number
    const good = Buffer.alloc(1)
    file.readAt(good, position + 65)
    file.writeAt([Buffer.from([(good[0] as number) ^ 0xff])], position + 65)
    await world.complete(nodeOf(2).restart())
    await world.run(10_000)
    expect(partitionOf(2).logEndOffset).toBe(1)
    expect(await world.complete(nodeOf(1).produce('other', 'value'))).toMatchObject({ errorCode: 0 })
    expect(nodeOf(2).partition('other').logEndOffset).toBe(1)
    file.writeAt([good], position + 65)
    await inSync(2)
    expect(partitionOf(2).logEndOffset).toBe(2)
  })
})

describe('throttled replicas', () => {
  /** Copies 30 records of about 1 KB, in sync or not; how many milliseconds it took. */
  async function copyTimeMs(settings: Partial<ReplicaNodeOptions['settings']>, sides: readonly ('leader' | 'follower')[]): Promise<number> {
    const throttled = (side: 'leader' | 'follower') => () => (sides.includes(side) ? ['*'] : [])
    await start(2, {
      settings: { replicaFetchMaxBytes: 3_000, ...settings },
      throttledReplicas: { leader: throttled('leader'), follower: throttled('follower') },
    })
    await createTopic([1, 2])
    crash(2)
    await world.run(10)
    for (let each = 0; each < 30; each++) await world.complete(nodeOf(1).produce('t', 'x'.repeat(930)))
    const beginMs = world.nowMs
    await world.complete(nodeOf(2).restart())
    await inSync(2)
    expect(partitionOf(2).logEndOffset).toBe(30)
    return world.nowMs - beginMs
  }

  it('take their time to catch up, by either side, and others do not', async () => {
    expect(await copyTimeMs({}, ['leader', 'follower'])).toBeLessThan(1_000)
    expect(await copyTimeMs({ leaderThrottledRate: 3_000, followerThrottledRate: 3_000 }, [])).toBeLessThan(1_000)
    for (const side of ['leader', 'follower'] as const) {
      const tookMs = await copyTimeMs({ leaderThrottledRate: 3_000, followerThrottledRate: 3_000 }, [side])
      expect(tookMs, side).toBeGreaterThan(7_000)
      expect(tookMs, side).toBeLessThan(20_000)
    }
  })
})

describe('a consumer in the rack of a follower', () => {
  const fetch = async (id: number, fetchOffset: number, rackId = 'r2', maxWaitMs = 0) => {
    const client = new PeerClient({ endpoint: { host: `n${id}`, port: 9092 }, ...world.node('consumer').ports, clientId: 'consumer', timeoutMs: 10_000 })
    const partitions = [{ partition: 0, fetchOffset, currentLeaderEpoch: -1, partitionMaxBytes: 100_000 }]
    const topics = [{ topicId: partitionOf(1).topicId, partitions }]
    const { responses } = await client.send(FetchApi, { maxWaitMs, minBytes: 1, sessionEpoch: -1, topics, forgottenTopicsData: [], rackId })
    return responses[0]?.partitions[0]
  }

  beforeEach(async () => {
    await start(2, { settings: { isRackAware: true } })
    for (const id of [1, 2]) controller.move(id, `r${id}`)
    await createTopic([1, 2])
    await produceMany(1, 3)
  })

  it('is sent to it by the leader while it is in sync and holds the offset', async () => {
    expect(await world.complete(fetch(1, 0))).toMatchObject({ errorCode: 0, preferredReadReplica: 2, highWatermark: 3 })
    expect((await world.complete(fetch(1, 0)))?.records).toHaveLength(0)
    expect(await world.complete(fetch(1, 0, 'r1'))).toMatchObject({ preferredReadReplica: -1 })
    expect(await world.complete(fetch(1, 0, 'elsewhere'))).toMatchObject({ preferredReadReplica: -1 })
    crash(2)
    await world.run(10)
    expect(await world.complete(fetch(1, 0))).toMatchObject({ preferredReadReplica: -1 })
  })

  it('reads from it what is committed, as soon as it knows', async () => {
    await world.run(1_000)
    const read = await world.complete(fetch(2, 0))
    expect(read).toMatchObject({ errorCode: 0, highWatermark: 3 })
    expect(Buffer.from(read?.records ?? '').toString('hex')).toBe((await bytesOf(1, 3)).join(''))
    const waiting = fetch(2, 3, 'r2', 5_000)
    const beginMs = world.nowMs
    await produceMany(1, 1)
    expect(await world.complete(waiting)).toMatchObject({ errorCode: 0, highWatermark: 4 })
    expect(world.nowMs - beginMs).toBeLessThan(600)
  })
})

describe('a partition that is led newly', () => {
  it('has its first write on all replicas at once, though they wait for news of others at the same leader', async () => {
    await start(2, { minInsyncReplicas: 2 })
    controller.createTopic('other', [[1, 2]])
    await world.run(1_000)
    for (let each = 0; each < 5; each++) {
      await world.run(130)
      controller.createTopic(`t${each}`, [[1, 2]])
      const beginMs = world.nowMs
      await world.runUntil(() => nodeOf(1).replicas.partition(`t${each}`, 0)?.isLeader === true)
      expect(await world.complete(nodeOf(1).produce(`t${each}`, 'first'))).toMatchObject({ errorCode: 0 })
      expect(world.nowMs - beginMs).toBeLessThan(60)
    }
  })

  it('has its first write on all replicas soon, though its follower came before the leader heard that it leads', async () => {
    await start(2, { minInsyncReplicas: 2 })
    controller.createTopic('other', [[1, 2]])
    await world.run(1_000)
    const lateMs = 30
    controller.onChange = () => {
      nodeOf(2).metadataChanged()
      world.schedule(world.nowMs + lateMs, null, 'the leader hears of it', () => nodeOf(1).metadataChanged())
    }
    for (const leaderEpoch of [0, 1]) {
      if (leaderEpoch === 0) controller.createTopic('t', [[1, 2]])
      else controller.elect('t', 0, 1)
      const beginMs = world.nowMs
      await world.runUntil(() => nodeOf(1).replicas.partition('t', 0)?.leaderEpoch === leaderEpoch)
      expect(await world.complete(nodeOf(1).produce('t', 'first'))).toMatchObject({ errorCode: 0 })
      expect(world.nowMs - beginMs).toBeLessThan(lateMs + 100)
    }
  })

  it('is not waited for longer than a while by the fetches of a follower that does not come for it', async () => {
    await start(2)
    controller.createTopic('other', [[1, 2]])
    await world.run(1_000)
    // Its disk has no room for it.
    world.node('n2').faults.failNext({ pathIncludes: 'absent', reason: 'no-space' })
    controller.createTopic('absent', [[1, 2]])
    await world.run(100)
    expect(nodeOf(2).partition('absent').isOffline).toBe(true)
    const { expectedFetches } = nodeOf(1).replicas
    expect(expectedFetches.waitMs(2, 500)).toBeLessThan(100)
    await world.run(2_000)
    expect(expectedFetches.waitMs(2, 500)).toBe(500)
  })
})
