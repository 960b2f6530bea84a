import { describe, expect, test } from 'vitest'
import type { Endpoint } from '../../../src/base/ports.ts'
import { CoordinatorFinder } from '../../../src/group/coordinator-finder.ts'
import { describeClusterHandler } from '../../../src/handlers/describe-cluster.ts'
import { findCoordinatorHandler } from '../../../src/handlers/find-coordinator.ts'
import { metadataHandler } from '../../../src/handlers/metadata.ts'
import { addressesByClient } from '../../../src/server/told-addresses.ts'
import { broker } from '../metadata/records.ts'
import { ManualTime } from '../server/harness.ts'
import { TopicNode } from './topic-requests.ts'

const REGISTERED = { host: 'registered', port: 9092 }

/** A node with the given brokers that tells clients on this machine `localhost`; the endpoints for which it watches clients are kept. */
function nodeWith(...ids: readonly number[]) {
  const watched: Endpoint[] = []
  const cluster = { nodeId: 1, ensureInternalTopic: async () => ({ errorCode: 0 }), leaderOf: () => 1, endpointOf: () => REGISTERED }
  const node = new TopicNode(
    ids.map((id) => broker(id)),
    {},
    {
      addresses: addressesByClient({ nodeId: 1, listenerNames: new Set(['PLAINTEXT']), gateways: new Set() }),
      lostClients: { asked: (_client, told) => void watched.push(told) },
      coordinators: new CoordinatorFinder(cluster, { partitionFor: () => 0, whenServing: async () => {} }, new ManualTime()),
    },
  )
  return { node, watched }
}

describe('clients are told of this node by an address that they can reach', () => {
  test.each([0, 9, 13])('by Metadata v%i', async (version) => {
    const { brokers } = await nodeWith(1, 2).node.ask(metadataHandler, version, { topics: [] })
    expect(brokers.map(({ nodeId, host }) => [nodeId, host])).toEqual([
      [1, 'localhost'],
      [2, expect.not.stringMatching('localhost')],
    ])
  })

  test('by DescribeCluster', async () => {
    const { brokers } = await nodeWith(1).node.ask(describeClusterHandler, 1, { includeClusterAuthorizedOperations: false })
    expect(brokers.map(({ brokerId, host }) => [brokerId, host])).toEqual([[1, 'localhost']])
  })

  test('by FindCoordinator', async () => {
    const { node } = nodeWith(1)
    expect(await node.ask(findCoordinatorHandler, 3, { key: 'g', keyType: 0 })).toMatchObject({ host: 'localhost', port: 9092 })
    const { coordinators } = await node.ask(findCoordinatorHandler, 4, { keyType: 0, coordinatorKeys: ['g'] })
    expect(coordinators).toMatchObject([{ key: 'g', nodeId: 1, host: 'localhost', port: 9092 }])
  })
})

describe('clients that are told of one broker', () => {
  test('are watched, by Metadata and DescribeCluster', async () => {
    const { node, watched } = nodeWith(1)
    await node.ask(metadataHandler, 13, { topics: [] })
    await node.ask(describeClusterHandler, 1, { includeClusterAuthorizedOperations: false })
    expect(watched).toMatchObject([{ host: 'localhost' }, { host: 'localhost' }])
  })

  test('are not where there are others, who may be those they need', async () => {
    const { node, watched } = nodeWith(1, 2)
    await node.ask(metadataHandler, 13, { topics: [] })
    expect(watched).toEqual([])
  })
})
