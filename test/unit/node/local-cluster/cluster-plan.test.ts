import { expect, test } from 'vitest'
import { loadConfig } from '../../../../src/config/load-config.ts'
import type { NodeIdentity } from '../../../../src/config/node-identity.ts'
import { formatNode } from '../../../../src/node/directories/format-node.ts'
import { type ClusterPlan, NEW_CLUSTER_FILE, planCluster } from '../../../../src/node/local-cluster/cluster-plan.ts'
import { World } from '../../../support/world/world.ts'

function identities(nodeCount: number): NodeIdentity[] {
  const numbers = Array.from({ length: nodeCount }, (_, index) => index + 1)
  return numbers.map((nodeNumber) => loadConfig({ startedAs: { nodeNumber, nodeCount }, assignments: ['log.dirs=/data'] }).identity)
}

class Place {
  readonly world = new World({ seed: 1 })
  readonly #ports = this.world.node('n').ports

  plan(nodeCount: number): Promise<ClusterPlan> {
    return this.world.complete(planCluster({ ...this.#ports, identities: identities(nodeCount) }))
  }

  async format(plan: ClusterPlan, nodeNumber: number): Promise<void> {
    const identity = identities(nodeNumber)[nodeNumber - 1] as NodeIdentity
    await this.world.complete(formatNode({ identity, clusterId: plan.clusterId, ignoreFormatted: true, ports: this.#ports }))
  }

  async files(path: string): Promise<string[]> {
    return (await this.world.complete(this.#ports.disk.list(path))).map(({ name }) => name)
  }

  async write(path: string, text: string): Promise<void> {
    await this.world.complete(this.#ports.disk.makeDirectory('/data'))
    await this.world.complete(this.#ports.disk.writeFileAtomic(path, Buffer.from(text)))
  }
}

test('where there is nothing a new cluster is planned, with a directory for each voter', async () => {
  const plan = await new Place().plan(3)
  const voters = plan.initialVotersFor(1)
  expect(voters?.map(({ id, host, port }) => [id, host, port])).toEqual([
    [1, 'localhost', 19_092],
    [2, 'localhost', 19_093],
    [3, 'localhost', 19_094],
  ])
  expect(new Set(voters?.map(({ directoryId }) => directoryId)).size).toBe(3)
  expect(plan.initialVotersFor(3)).toEqual(voters)
})

test('brokers that do not vote find the cluster there', async () => {
  const plan = await new Place().plan(6)
  expect(plan.initialVotersFor(5)).toHaveLength(5)
  expect(plan.initialVotersFor(6)).toBeNull()
})

test('a start that ended half-way goes on with the same ids', async () => {
  const place = new Place()
  const first = await place.plan(3)
  await place.format(first, 1)
  const second = await place.plan(3)
  expect(second.clusterId).toBe(first.clusterId)
  expect(second.initialVotersFor(2)).toEqual(first.initialVotersFor(2))
})

test('once all have served, a directory that is empty is one of a node that joins', async () => {
  const place = new Place()
  const first = await place.plan(3)
  await place.format(first, 1)
  await place.world.complete(first.complete())
  const later = await place.plan(4)
  expect(later.clusterId).toBe(first.clusterId)
  expect([2, 4].map((id) => later.initialVotersFor(id))).toEqual([null, null])
  expect(await place.files('/data')).toEqual(['node-1'])
})

test('directories of two clusters are refused, and named', async () => {
  const place = new Place()
  const first = await place.plan(1)
  await place.format(first, 1)
  await place.world.complete(first.complete())
  const ofAnother = { ...first, clusterId: 'QQQQQQQQQQQQQQQQQQQQQQ' }
  await place.format(ofAnother, 2)
  await expect(place.plan(3)).rejects.toThrow(
    `These directories were not made together: /data/node-1 to cluster ${first.clusterId}, and /data/node-2 to cluster QQQQQQQQQQQQQQQQQQQQQQ.`,
  )
})

test.each(['', '{', '{"clusterId":1}', '{"clusterId":"x","voters":[{"id":1,"directoryId":"?","host":"a","port":1}]}'])(
  'a plan that is damaged is refused: %s',
  async (text) => {
    const place = new Place()
    await place.write(`/data/${NEW_CLUSTER_FILE}`, text)
    await expect(place.plan(3)).rejects.toThrow(`/data/${NEW_CLUSTER_FILE} is damaged.`)
  },
)
