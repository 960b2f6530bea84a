import { beforeEach, describe, expect, it } from 'vitest'
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

async function bytesOf(id: number, end: number): Promise<string[]> {
  return (await world.complete(nodeOf(id).batches('t', end))).map(({ bytes }) => bytes.toString('hex'))
}

const produce = (leader: number, value: string) => world.complete(nodeOf(leader).produce('t', value))

describe('two replicas', () => {
  beforeEach(async () => {
    await start(2, { minInsyncReplicas: 2 })
    await createTopic([1, 2])
  })

  it('acknowledge a record when both have it, and the follower learns that it is committed', async () => {
    for (let count = 0; count < 5; count++) expect(await produce(1, `value-${count}`)).toMatchObject({ errorCode: 0, baseOffset: count })
    expect(nodeOf(2).partition('t').logEndOffset).toBe(5)
    await world.run(600)
    expect(nodeOf(2).partition('t').highWatermark).toBe(5)
    expect(await bytesOf(2, 5)).toEqual(await bytesOf(1, 5))
    expect(nodes.flatMap(({ failures }) => failures)).toEqual([])
  })
})
