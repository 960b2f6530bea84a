import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../../../../protocol/error-codes.ts'
import { HeartbeatApi } from '../../../../../protocol/messages/heartbeat.ts'
import { KafkaError } from '../../../../../src/cli/operations/kafka-error.ts'
import { served } from '../../../../support/peers/answering-node.ts'
import { AskedCluster } from '../../../../support/peers/asked-cluster.ts'

const beat = { groupId: 'g', generationId: 1, memberId: 'm', groupInstanceId: null }

async function cluster(brokerCount = 1) {
  const asked = await AskedCluster.start({ brokerCount }, (id) => [served(HeartbeatApi, () => ({ errorCode: id }))])
  return { asked, world: asked.world }
}

describe('what is tried again', () => {
  test('is tried until it succeeds, each time a little later', async () => {
    const { asked, world } = await cluster()
    const startMs = world.nowMs
    const triedMs: number[] = []
    const trying = asked.client().retry('describeTopics', async () => {
      triedMs.push(Math.round(world.nowMs - startMs))
      if (triedMs.length < 7) throw new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER)
      return 'done'
    })
    expect(await world.complete(trying)).toBe('done')
    expect(triedMs).toEqual([0, 100, 300, 700, 1500, 2500, 3500])
  })

  test('fails at once where it will not pass by itself', async () => {
    const { asked, world } = await cluster()
    let tries = 0
    const trying = asked.client().retry('describeTopics', async () => {
      tries++
      throw new KafkaError(ErrorCode.TOPIC_AUTHORIZATION_FAILED)
    })
    await expect(world.complete(trying)).rejects.toMatchObject({ code: 'TOPIC_AUTHORIZATION_FAILED' })
    expect(tries).toBe(1)
  })

  test('fails when the time is over, with what it failed with last', async () => {
    const { asked, world } = await cluster()
    const startMs = world.nowMs
    const client = asked.client({ apiTimeoutMs: 2_000 })
    const trying = client.retry('describeTopics', () => Promise.reject(new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE)))
    await expect(world.complete(trying)).rejects.toMatchObject({
      code: 'REQUEST_TIMED_OUT',
      message: 'Timed out waiting for a node assignment. Call: describeTopics',
      cause: { code: 'COORDINATOR_NOT_AVAILABLE' },
    })
    expect(world.nowMs - startMs).toBeLessThanOrEqual(2_000)
  })

  test('fails when the time is over also where an answer would be waited for longer', async () => {
    const { asked, world } = await cluster()
    world.network.partition(['client'], ['broker-1'])
    const startMs = world.nowMs
    const client = asked.client({ apiTimeoutMs: 400, requestTimeoutMs: 30_000 })
    const trying = client.retry('listTopics', () => client.ask(HeartbeatApi, beat))
    await expect(world.complete(trying)).rejects.toMatchObject({ code: 'REQUEST_TIMED_OUT', cause: { message: 'No answer came within 400 ms.' } })
    expect(world.nowMs - startMs).toBeLessThan(450)
    await world.complete(client[Symbol.asyncDispose]())
  })
})

describe('whom a cluster is asked by', () => {
  test('is the first of those that were given who answers, and another when that one is gone', async () => {
    const { asked, world } = await cluster(3)
    world.crash('broker-1')
    const client = asked.client()
    const ask = () => client.retry('heartbeat', () => client.ask(HeartbeatApi, beat))
    expect(await world.complete(ask())).toMatchObject({ errorCode: 2 })
    world.crash('broker-2')
    expect(await world.complete(ask())).toMatchObject({ errorCode: 3 })
  })

  test('is the broker of that id, of which the cluster tells', async () => {
    const { asked, world } = await cluster(3)
    const client = asked.client()
    expect(await world.complete(client.askBroker(3, HeartbeatApi, beat))).toMatchObject({ errorCode: 3 })
    await expect(world.complete(client.askBroker(4, HeartbeatApi, beat))).rejects.toMatchObject({ message: 'The cluster tells of no broker 4.' })
    expect((await world.complete(client.brokers())).map(({ id }) => id)).toEqual([1, 2, 3])
  })

  test('is the coordinator of the group, looked for anew when it has moved', async () => {
    const { asked, world } = await cluster(2)
    const client = asked.client()
    const ask = () => client.askCoordinator('g', HeartbeatApi, beat)
    expect(await world.complete(ask())).toMatchObject({ errorCode: 1 })
    asked.coordinator = 2
    expect(await world.complete(ask())).toMatchObject({ errorCode: 1 })
    client.forget()
    expect(await world.complete(ask())).toMatchObject({ errorCode: 2 })
  })

  test('leaves no connection behind', async () => {
    const { asked, world } = await cluster(2)
    const client = asked.client()
    await world.complete(Promise.all([1, 2].map((id) => client.askBroker(id, HeartbeatApi, beat))))
    await world.complete(client[Symbol.asyncDispose]())
    await world.run(100)
    expect([...asked.brokers.values()].map(({ openCount }) => openCount)).toEqual([0, 0])
  })
})
