import { expect, it } from 'vitest'
import type { DiskFile } from '../../../../src/base/ports.ts'
import { World } from '../../../support/world/world.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

async function openFile() {
  const world = new World({ seed: 1 })
  const node = world.node('a')
  const file: DiskFile = await world.complete(node.ports.disk.open('/f', 'create'))
  return { world, node, file }
}

it('a full volume takes what fits, then refuses, and takes more when there is space again', async () => {
  const { world, node, file } = await openFile()
  node.faults.capacityBytes = 10
  file.writeAt([bytes('12345678')], 0)
  expect(() => file.writeAt([bytes('abcd')], 8)).toThrow(expect.objectContaining({ reason: 'no-space', path: '/f' }))
  expect(file.sizeBytes()).toBe(10)
  file.writeAt([bytes('over')], 2)
  await expect(world.complete(node.ports.disk.writeFileAtomic('/g', bytes('xyz')))).rejects.toMatchObject({ reason: 'no-space' })
  expect((await world.complete(node.ports.disk.space('/'))).freeBytes).toBe(0)
  node.faults.clear()
  file.writeAt([bytes('abcd')], 8)
  expect(file.sizeBytes()).toBe(12)
})

it('a fault strikes the operations and paths that it names, as often as it says', async () => {
  const { world, node, file } = await openFile()
  node.faults.failNext({ operation: 'flush', pathIncludes: '/f', reason: 'io', times: 2 })
  file.writeAt([bytes('x')], 0)
  for (let attempt = 0; attempt < 2; attempt++) await expect(world.complete(file.flush())).rejects.toMatchObject({ name: 'DiskError', reason: 'io' })
  await world.complete(file.flush())
  node.faults.failNext({ operation: 'write', reason: 'read-only' })
  expect(() => file.writeAt([bytes('y')], 0)).toThrow(expect.objectContaining({ reason: 'read-only' }))
  expect(file.sizeBytes()).toBe(1)
})

it('asynchronous calls may overtake each other', async () => {
  const orders = new Set<string>()
  for (let seed = 0; seed < 20; seed++) {
    const world = new World({ seed })
    const { disk } = world.node('a').ports
    const order: string[] = []
    const both = ['a', 'b'].map((name) => disk.makeDirectory(`/${name}`).then(() => order.push(name)))
    await world.complete(Promise.all(both))
    orders.add(order.join(''))
  }
  expect([...orders].sort()).toEqual(['ab', 'ba'])
})
