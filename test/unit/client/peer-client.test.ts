import { describe, expect, test } from 'vitest'
import { HeartbeatApi } from '../../../protocol/messages/heartbeat.ts'
import { MetadataApi } from '../../../protocol/messages/metadata.ts'
import { PeerClient } from '../../../src/client/peer-client.ts'
import { AnsweringNode, type Served, served } from '../../support/peers/answering-node.ts'
import { World } from '../../support/world/world.ts'

const PEER = { host: 'peer', port: 9093 }
const beat = { groupId: 'g', generationId: 1, memberId: 'm', groupInstanceId: null }
const echo = served(HeartbeatApi, ({ generationId }) => ({ errorCode: generationId }))

async function connected(apis: readonly Served[] = [echo]) {
  const world = new World({ seed: 1 })
  const peer = new AnsweringNode(apis)
  await world.complete(peer.listen(world.node('peer').ports.network, PEER.port))
  return { world, peer, client: clientIn(world) }
}

function clientIn(world: World): PeerClient {
  const { network, timers } = world.node('self').ports
  return new PeerClient({ endpoint: PEER, network, timers, clientId: 'node-1', timeoutMs: 1000 })
}

describe('a client of another node', () => {
  test('connects when it is first asked, and once for all that is asked', async () => {
    const { world, peer, client } = await connected()
    await world.run(100)
    expect(peer.connectionCount).toBe(0)
    const answers = await world.complete(Promise.all([1, 2, 3].map((generationId) => client.send(HeartbeatApi, { ...beat, generationId }))))
    expect(answers.map(({ errorCode }) => errorCode)).toEqual([1, 2, 3])
    expect(peer.connectionCount).toBe(1)
  })

  test('speaks the latest version that both sides know, and makes the request for it', async () => {
    const { world, client } = await connected([served(HeartbeatApi, (_request, version) => ({ errorCode: version }), { lowest: 1, highest: 2 })])
    const versions: number[] = []
    const { errorCode } = await world.complete(
      client.send(HeartbeatApi, (version) => {
        versions.push(version)
        return beat
      }),
    )
    expect([errorCode, versions]).toEqual([2, [2]])
    expect(await world.complete(client.versionOf(HeartbeatApi))).toBe(2)
  })

  test('says that the other side serves no version of an API', async () => {
    const { world, client } = await connected()
    expect(await world.complete(client.versionOf(MetadataApi))).toBeNull()
    await expect(world.complete(client.send(MetadataApi, { topics: [] }))).rejects.toMatchObject({ code: 'CLIENT_VERSION' })
  })

  test('connects anew after the other side closed the connection', async () => {
    const { world, peer, client } = await connected()
    await world.complete(client.send(HeartbeatApi, beat))
    peer.closeConnections()
    await world.run(100)
    expect(await world.complete(client.send(HeartbeatApi, beat))).toMatchObject({ errorCode: 1 })
    expect(peer.connectionCount).toBe(2)
  })

  test('fails what is under way when the other side dies, and finds it again when it is back', async () => {
    const { world, client } = await connected([served(HeartbeatApi, () => null)])
    const waiting = client.send(HeartbeatApi, beat)
    waiting.catch(() => undefined)
    await world.run(100)
    world.crash('peer', 'process')
    await expect(world.complete(waiting)).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    await expect(world.complete(client.send(HeartbeatApi, beat))).rejects.toMatchObject({ code: 'NETWORK_REFUSED' })
    await world.complete(new AnsweringNode([echo]).listen(world.restart('peer').network, PEER.port))
    expect(await world.complete(client.send(HeartbeatApi, beat))).toMatchObject({ errorCode: 1 })
  })

  test('waits no longer than its time for who does not answer, be it while it connects', async () => {
    const { world, client } = await connected()
    world.network.partition(['self'], ['peer'])
    const startMs = world.nowMs
    await expect(world.complete(client.send(HeartbeatApi, beat))).rejects.toMatchObject({ code: 'CLIENT_TIMEOUT' })
    expect(world.nowMs - startMs).toBeCloseTo(1000, 0)
    world.network.heal()
    expect(await world.complete(client.send(HeartbeatApi, beat))).toMatchObject({ errorCode: 1 })
    world.network.partition(['self'], ['peer'])
    await expect(world.complete(client.send(HeartbeatApi, beat))).rejects.toMatchObject({ code: 'CLIENT_TIMEOUT' })
  })

  test('asks nothing after it is disposed, and leaves no connection, be it one that was being made', async () => {
    const { world, peer, client } = await connected()
    await world.complete(client.send(HeartbeatApi, beat))
    await world.complete(client[Symbol.asyncDispose]())
    await expect(world.complete(client.send(HeartbeatApi, beat))).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    const other = clientIn(world)
    const sent = other.send(HeartbeatApi, beat)
    sent.catch(() => undefined)
    await world.complete(other[Symbol.asyncDispose]())
    await expect(world.complete(sent)).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    await world.run(100)
    expect(peer.openCount).toBe(0)
  })

  test('tells no more than the other side reads, and all of it before it is disposed', async () => {
    let heardCount = 0
    const count = () => {
      heardCount++
      return null
    }
    const { world, peer, client } = await connected([served(HeartbeatApi, count)])
    await world.complete(client.versionOf(HeartbeatApi))
    peer.pauseReading()
    let toldCount = 0
    const tellAll = async () => {
      for (; toldCount < 40; toldCount++) await client.tell(HeartbeatApi, { ...beat, groupId: 'g'.repeat(30_000) })
      await client[Symbol.asyncDispose]()
    }
    const telling = tellAll()
    await world.run(500)
    expect(toldCount).toBeLessThan(15)
    peer.resumeReading()
    await world.complete(telling)
    await world.run(100)
    expect([toldCount, heardCount]).toEqual([40, 40])
  })

  test('is disposed at once while the other side is not heard, be it while it connects or while it asks for versions', async () => {
    const { world, peer, client } = await connected()
    world.network.partition(['self'], ['peer'])
    const connecting = client.send(HeartbeatApi, beat)
    connecting.catch(() => undefined)
    await world.run(100)
    await world.complete(client[Symbol.asyncDispose](), { withinMs: 0 })
    await expect(world.complete(connecting)).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    world.network.heal()
    const other = clientIn(world)
    const asking = other.send(HeartbeatApi, beat)
    asking.catch(() => undefined)
    await world.runUntil(() => peer.openCount > 0)
    world.network.partition(['self'], ['peer'])
    await world.run(100)
    await world.complete(other[Symbol.asyncDispose](), { withinMs: 0 })
    await expect(world.complete(asking)).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
  })
})
