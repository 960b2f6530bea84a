import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../../../../protocol/error-codes.ts'
import { beginMoves } from '../../../../../src/cli/operations/reassign/begin-moves.ts'
import { settledBrokers, settledProgress } from '../../../../../src/cli/operations/reassign/settled.ts'
import { boundOf, unthrottleMoves } from '../../../../../src/cli/operations/reassign/throttle.ts'
import { AskedCluster } from '../../../../support/peers/asked-cluster.ts'
import { ServedMoves } from '../../../../support/peers/served-moves.ts'

const PLAN = [
  { topic: 'orders', partition: 0, replicas: [2] },
  { topic: 'orders', partition: 1, replicas: [2] },
]
const LEADER_RATE = 'leader.replication.throttled.rate'
const FOLLOWER_RATE = 'follower.replication.throttled.rate'
const RATES_OF_BOTH = ['broker 1', 'broker 2'].flatMap((broker) => [`${broker} ${FOLLOWER_RATE}=500`, `${broker} ${LEADER_RATE}=500`])
const BOUND = [...RATES_OF_BOTH, 'topic orders follower.replication.throttled.replicas=0:2,1:2', 'topic orders leader.replication.throttled.replicas=0:1,1:1']
const ORDERS = { topics: ['orders'], brokers: new Set([1, 2]) }

async function cluster() {
  const moves = new ServedMoves({ orders: [[1], [1]], payments: [[1]] })
  const asked = await AskedCluster.start({ brokerCount: 3 }, () => moves.apis)
  return { moves, asked, world: asked.world, client: asked.client() }
}

describe('a bound on what moves', () => {
  test('is set before it moves, and taken away when nothing does', async () => {
    const { moves, world, client } = await cluster()
    expect(await world.complete(beginMoves(client, PLAN, 500))).toMatchObject({ refused: [], bound: ORDERS })
    expect([moves.set, moves.moving.size]).toEqual([BOUND, 2])
    expect(await world.complete(unthrottleMoves(client, ORDERS))).toBe('kept')
    expect(moves.set).toEqual(BOUND)
    moves.arrive()
    expect(await world.complete(unthrottleMoves(client, ORDERS))).toBe('removed')
    expect(moves.set).toEqual([])
  })

  test('stays while partitions of others move', async () => {
    const { moves, world, client } = await cluster()
    await world.complete(beginMoves(client, PLAN, 500))
    moves.arrive()
    moves.moving.set('payments-0', [2])
    expect(await world.complete(unthrottleMoves(client, ORDERS))).toBe('kept')
    expect(moves.set).toEqual(BOUND)
  })

  test('is known by the topics that have one', async () => {
    const { moves, world, client } = await cluster()
    moves.change('broker 1', LEADER_RATE, '7')
    expect(await world.complete(boundOf(client, ['orders', 'payments']))).toBeNull()
    moves.change('topic payments', 'leader.replication.throttled.replicas', '0:1')
    expect(await world.complete(boundOf(client, ['orders', 'payments']))).toEqual({ topics: ['payments'], brokers: new Set([1]) })
    moves.change('topic orders', 'follower.replication.throttled.replicas', '*')
    expect(await world.complete(boundOf(client, ['orders', 'payments']))).toEqual({ topics: ['orders', 'payments'], brokers: null })
  })

  test('is that of the brokers that give or take: others keep their rates', async () => {
    const { moves, world, client } = await cluster()
    moves.change('broker 3', LEADER_RATE, '7')
    const { bound } = await world.complete(beginMoves(client, PLAN, 500))
    moves.arrive()
    if (bound !== null) await world.complete(unthrottleMoves(client, bound))
    expect(moves.set).toEqual([`broker 3 ${LEADER_RATE}=7`])
  })

  test('is set anew for what moves already, and besides for what is bound by another plan', async () => {
    const { moves, world, client } = await cluster()
    await world.complete(beginMoves(client, PLAN.slice(0, 1), 500))
    await world.complete(beginMoves(client, PLAN.slice(0, 1), 600))
    expect(moves.set).toContain('topic orders leader.replication.throttled.replicas=0:1')
    expect(moves.set).toContain('topic orders follower.replication.throttled.replicas=0:2')
    await world.complete(beginMoves(client, PLAN.slice(1), 500))
    expect(moves.set).toEqual(BOUND)
  })

  test('that nobody wanted leaves settings as they are', async () => {
    const { moves, world, client } = await cluster()
    moves.change('broker 1', LEADER_RATE, '7')
    await world.complete(beginMoves(client, PLAN, null))
    expect([moves.set, moves.moving.size]).toEqual([[`broker 1 ${LEADER_RATE}=7`], 2])
  })

  test('stays where some of the partitions move', async () => {
    const { moves, world, client } = await cluster()
    moves.moveFate = (_, partition) => (partition === 1 ? ErrorCode.INVALID_REPLICA_ASSIGNMENT : ErrorCode.NONE)
    expect(await world.complete(beginMoves(client, PLAN, 500))).toMatchObject({ refused: [{ topic: 'orders', partition: 1 }] })
    expect(moves.set).toEqual(BOUND)
  })
})

describe('where nothing begins to move, settings have the values again that they had', () => {
  test('as every partition is refused', async () => {
    const { moves, world, client } = await cluster()
    moves.change('broker 1', LEADER_RATE, '7')
    moves.moveFate = () => ErrorCode.INVALID_REPLICA_ASSIGNMENT
    expect(await world.complete(beginMoves(client, PLAN, 500))).toMatchObject({ refused: [{}, {}], bound: null })
    expect(moves.set).toEqual([`broker 1 ${LEADER_RATE}=7`])
  })

  test('as one of them cannot be set', async () => {
    const { moves, world, client } = await cluster()
    moves.change('broker 1', LEADER_RATE, '7')
    let tries = 0
    moves.configFate = (resource) => (resource === 'broker 2' && ++tries === 1 ? ErrorCode.INVALID_CONFIG : ErrorCode.NONE)
    await expect(world.complete(beginMoves(client, PLAN, 500))).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
    expect([moves.set, moves.moving.size, tries]).toEqual([[`broker 1 ${LEADER_RATE}=7`], 0, 2])
  })

  test('as a topic is not there, which is said by name', async () => {
    const { moves, world, client } = await cluster()
    const plan = [...PLAN, { topic: 'absent', partition: 0, replicas: [2] }]
    await expect(world.complete(beginMoves(client, plan, 500))).rejects.toMatchObject({
      code: 'UNKNOWN_TOPIC_OR_PARTITION',
      message: expect.stringContaining('topic absent'),
    })
    expect([moves.set, moves.moving.size]).toEqual([[], 0])
  })
})

test('what cannot be taken back is told, with what takes it away', async () => {
  const { moves, world, client } = await cluster()
  moves.moveFate = () => ErrorCode.INVALID_REPLICA_ASSIGNMENT
  moves.configFate = () => (moves.set.length === BOUND.length ? ErrorCode.POLICY_VIOLATION : ErrorCode.NONE)
  const beginning = beginMoves(client, PLAN, 500)
  await expect(world.complete(beginning)).rejects.toMatchObject({ code: 'THROTTLE_STANDS', message: expect.stringContaining('odradek reassign verify') })
  expect(moves.set).toEqual(BOUND)
})

test('where it is not known whether partitions move, the bound stays, and the message says how it goes', async () => {
  const { moves, asked, world } = await cluster()
  moves.isSilent = true
  const beginning = beginMoves(asked.client({ apiTimeoutMs: 3_000 }), PLAN, 500)
  await expect(world.complete(beginning)).rejects.toMatchObject({ code: 'THROTTLE_STANDS', message: expect.stringContaining('odradek reassign verify') })
  expect(moves.set).toEqual(BOUND)
})

describe('a broker that is behind', () => {
  test('is asked once more where replicas are', async () => {
    const { moves, world, client } = await cluster()
    moves.replicas.set('orders', [[2], [2]])
    moves.behind = { replicas: [1], answers: 1 }
    expect((await world.complete(settledProgress(client, PLAN))).map(({ state }) => state)).toEqual(['complete', 'complete'])
    moves.behind = { replicas: [1], answers: 9 }
    expect((await world.complete(settledProgress(client, PLAN))).map(({ state }) => state)).toEqual(['elsewhere', 'elsewhere'])
    expect(moves.behind.answers).toBe(7)
  })

  test('is asked once more for a broker that it does not know', async () => {
    const { asked, world, client } = await cluster()
    const before = asked.metadataCount
    const third = asked.brokers.get(2)
    asked.brokers.delete(2)
    const asking = settledBrokers(client, [1, 2])
    world.node('test').ports.timers.schedule(100, () => third !== undefined && asked.brokers.set(2, third))
    expect((await world.complete(asking)).map(({ id }) => id)).toEqual([1, 2, 3])
    expect(asked.metadataCount - before).toBe(2)
  })
})
