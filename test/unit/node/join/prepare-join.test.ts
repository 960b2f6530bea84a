import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import type { Endpoint } from '../../../../src/base/ports.ts'
import { loadConfig } from '../../../../src/config/load-config.ts'
import { formatNode } from '../../../../src/node/directories/format-node.ts'
import { JOIN_WAIT_MS, type JoinedCluster, prepareJoin } from '../../../../src/node/join/prepare-join.ts'
import { silentLogger } from '../../../../src/telemetry/logger.ts'
import { World } from '../../../support/world/world.ts'
import { type ToldNode, tellingNode } from './told-cluster.ts'

const CLUSTER = 'AAAAAAAAAAAAAAAAAAAAAA'
const FIRST = { host: 'first', port: 9092 }
const { identity } = loadConfig({ startedAs: { nodeNumber: 2, isOneOfMany: true } })

class Joining {
  readonly world = new World({ seed: 1 })
  readonly #ports = this.world.node('second').ports

  async listen(name: string, port: number, node: ToldNode): Promise<void> {
    await this.world.complete(tellingNode(node).listen(this.world.node(name).ports.network, port))
  }

  async formatted(clusterId: string): Promise<void> {
    await this.world.complete(formatNode({ identity, clusterId, quorum: 'elsewhere', ignoreFormatted: true, ports: this.#ports }))
  }

  join(...endpoints: readonly Endpoint[]): Promise<JoinedCluster | null> {
    return prepareJoin({ identity, join: endpoints, ports: this.#ports, logger: silentLogger })
  }

  joined(...endpoints: readonly Endpoint[]): Promise<JoinedCluster | null> {
    return this.world.complete(this.join(...endpoints), { withinMs: JOIN_WAIT_MS * 3 })
  }
}

async function beside(node: ToldNode): Promise<Joining> {
  const joining = new Joining()
  await joining.listen(FIRST.host, FIRST.port, node)
  return joining
}

describe('a node that joins a cluster', () => {
  test('is told which it is, and where its controllers are', async () => {
    const joining = await beside({ clusterId: CLUSTER, voters: [1, 3] })
    expect(await joining.joined(FIRST)).toEqual({ clusterId: CLUSTER, controllers: [1, 3].map((id) => ({ host: `node-${id}`, port: 19_092 })) })
  })

  test('may be sent to a controller', async () => {
    const joining = await beside({ clusterId: CLUSTER, isController: true })
    expect(await joining.joined(FIRST)).toMatchObject({ clusterId: CLUSTER })
  })

  test('asks the next address where one does not answer', async () => {
    const joining = await beside({ clusterId: CLUSTER })
    expect(await joining.joined({ host: 'nowhere', port: 1 }, FIRST)).toMatchObject({ clusterId: CLUSTER })
  })

  test('waits for a node that is just being started, and for an active controller', async () => {
    const joining = new Joining()
    const joined = joining.join(FIRST)
    await joining.world.run(JOIN_WAIT_MS / 2)
    await joining.listen(FIRST.host, FIRST.port, { clusterId: CLUSTER, quorumErrors: [ErrorCode.NOT_LEADER_OR_FOLLOWER] })
    expect(await joining.world.complete(joined)).toMatchObject({ clusterId: CLUSTER })
  })

  test('says so where there is none for long', async () => {
    const quorumErrors = Array.from({ length: 1_000 }, () => ErrorCode.NOT_LEADER_OR_FOLLOWER)
    const joining = await beside({ clusterId: CLUSTER, quorumErrors })
    await expect(joining.joined(FIRST)).rejects.toThrow('The cluster at first:9092 did not say within 10 s who its controllers are: most of them must run')
  })

  test('says so where nobody answers', async () => {
    await expect(new Joining().joined({ host: 'nowhere', port: 1 })).rejects.toMatchObject({ code: 'JOIN_FAILED' })
  })

  test('takes the place of a node of its number that is gone', async () => {
    const gone = { id: 2, host: 'gone', port: 9093 }
    for (const isFenced of [true, false]) {
      const joining = await beside({ clusterId: CLUSTER, brokers: [{ ...gone, isFenced }], voters: [1, 2] })
      expect(await joining.joined(FIRST)).toMatchObject({ clusterId: CLUSTER })
    }
  })

  test('is refused where a node of its number lives', async () => {
    const joining = await beside({ clusterId: CLUSTER, brokers: [{ id: 2, host: 'other', port: 9093, isFenced: false }] })
    await joining.listen('other', 9093, { clusterId: CLUSTER })
    await expect(joining.joined(FIRST)).rejects.toThrow('Node 2 is in the cluster already and answers at other:9093: choose another NODE-ID, or stop that one')
  })

  test('is refused where the controllers do not tell their addresses', async () => {
    const joining = await beside({ clusterId: CLUSTER, voters: [] })
    await expect(joining.joined(FIRST)).rejects.toThrow('set controller.quorum.bootstrap.servers to their addresses')
  })
})

describe('a node that has joined before', () => {
  test('goes on with what it knows where the address does not answer', async () => {
    const joining = new Joining()
    await joining.formatted(CLUSTER)
    const startedMs = joining.world.nowMs
    expect(await joining.joined({ host: 'nowhere', port: 1 })).toBeNull()
    expect(joining.world.nowMs - startedMs).toBeLessThan(JOIN_WAIT_MS)
  })

  test('hears of its controllers anew', async () => {
    const joining = await beside({ clusterId: CLUSTER, voters: [3], brokers: [{ id: 2, host: 'first', port: 9092, isFenced: false }] })
    await joining.formatted(CLUSTER)
    expect(await joining.joined(FIRST)).toEqual({ clusterId: CLUSTER, controllers: [{ host: 'node-3', port: 19_092 }] })
  })

  test('is refused by another cluster', async () => {
    const joining = await beside({ clusterId: CLUSTER })
    await joining.formatted('BBBBBBBBBBBBBBBBBBBBBB')
    await expect(joining.joined(FIRST)).rejects.toThrow(
      `The directory ./odradek-data/node-2 belongs to cluster BBBBBBBBBBBBBBBBBBBBBB, and first:9092 is of cluster ${CLUSTER}: give this node another directory`,
    )
  })
})
