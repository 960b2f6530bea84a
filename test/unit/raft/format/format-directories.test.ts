import { describe, expect, it } from 'vitest'
import { randomUuid } from '../../../../protocol/uuid.ts'
import { readBootstrapFile } from '../../../../src/raft/format/bootstrap-file.ts'
import { formatDirectories } from '../../../../src/raft/format/format-directories.ts'
import { readLogDirectories } from '../../../../src/raft/format/log-directories.ts'
import { decodeSnapshot } from '../../../../src/raft/snapshot-file.ts'
import type { VoterSet } from '../../../../src/raft/voter-set.ts'
import { World } from '../../../support/world/world.ts'
import { text } from '../raft-world.ts'

const voter = { name: 'CONTROLLER', host: 'localhost', port: 9093 }

function format(
  world: World,
  options: { readonly logDirs?: readonly string[]; readonly clusterId?: string; readonly isStatic?: boolean; readonly initialVoters?: VoterSet } = {},
) {
  return formatDirectories({
    clusterId: options.clusterId ?? 'cluster',
    nodeId: 1,
    logDirs: options.logDirs ?? ['/a'],
    metadataLogDir: '/a',
    standaloneVoter: options.isStatic ? null : voter,
    ...(options.initialVoters === undefined ? {} : { initialVoters: options.initialVoters }),
    bootstrapRecords: ['x', 'y'],
    serde: text,
    ports: world.node('n').ports,
  })
}

async function files(world: World, path: string): Promise<string[]> {
  return (await world.complete(world.node('n').ports.disk.list(path))).map((entry) => entry.name)
}

describe('formatting', () => {
  it('gives each directory its own id and the bootstrap records, the metadata directory the voters', async () => {
    const world = new World({ seed: 1 })
    const formatted = await world.complete(format(world, { logDirs: ['/a', '/b'] }))
    expect(new Set(formatted.map((directory) => directory.properties.directoryId)).size).toBe(2)
    expect(await files(world, '/a')).toEqual(['__cluster_metadata-0', 'bootstrap.checkpoint', 'meta.properties'])
    expect(await files(world, '/b')).toEqual(['bootstrap.checkpoint', 'meta.properties'])
    expect(await world.complete(readBootstrapFile('/b', world.node('n').ports.disk, text))).toEqual(['x', 'y'])
  })

  it('with several voters gives this node the directory by which the others know it', async () => {
    const world = new World({ seed: 1 })
    const voters = [1, 2].map((id) => ({
      id,
      directoryId: randomUuid((count) => Buffer.alloc(count, id)),
      endpoints: [voter],
      minKraftVersion: 0,
      maxKraftVersion: 1,
    }))
    const [first, second] = await world.complete(format(world, { logDirs: ['/a', '/b'], initialVoters: voters }))
    expect(first?.properties.directoryId).toBe(voters[0]?.directoryId)
    expect(second?.properties.directoryId).not.toBe(voters[1]?.directoryId)
    const log = '/a/__cluster_metadata-0'
    const [snapshot] = await files(world, log)
    const content = await world.complete(world.node('n').ports.disk.readFile(`${log}/${snapshot}`))
    expect(decodeSnapshot(content as Buffer, text).voters).toEqual(voters)
  })

  it('of a static quorum names no voters', async () => {
    const world = new World({ seed: 1 })
    await world.complete(format(world, { isStatic: true }))
    expect(await files(world, '/a')).toEqual(['bootstrap.checkpoint', 'meta.properties'])
  })

  it('leaves what is formatted as it is', async () => {
    const world = new World({ seed: 1 })
    const [first] = await world.complete(format(world))
    const [again, added] = await world.complete(format(world, { logDirs: ['/a', '/b'] }))
    expect(again).toEqual(first)
    expect(added?.properties.directoryId).not.toBe(first?.properties.directoryId)
  })

  it('begins anew where a crash left it half done', async () => {
    for (let change = 1; change <= 8; change++) {
      const world = new World({ seed: change })
      world.node('n').faults.crashAtChange(change)
      format(world).catch(() => undefined)
      await world.run(1000)
      if (world.node('n').isRunning) world.crash('n', 'power')
      world.node('n').faults.clear()
      world.restart('n')
      const [directory] = await world.complete(format(world))
      expect(await files(world, '/a')).toEqual(['__cluster_metadata-0', 'bootstrap.checkpoint', 'meta.properties'])
      expect(directory?.properties.clusterId).toBe('cluster')
    }
  })

  it('is durable when it is done, the way to the directory too, whoever made that', async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const world = new World({ seed })
      await world.complete(world.node('n').ports.disk.makeDirectory('/new/data'))
      await world.complete(format(world, { logDirs: ['/new/data', '/a'] }))
      world.crash('n', 'power')
      world.restart('n')
      expect(await files(world, '/new/data')).toEqual(['bootstrap.checkpoint', 'meta.properties'])
      expect(await files(world, '/a')).toEqual(['__cluster_metadata-0', 'bootstrap.checkpoint', 'meta.properties'])
    }
  })

  it('refuses a directory of another cluster', async () => {
    const world = new World({ seed: 1 })
    await world.complete(format(world))
    await expect(world.complete(format(world, { clusterId: 'other' }))).rejects.toMatchObject({ code: 'FORMAT' })
  })
})

describe('formatted directories', () => {
  it('of another node are refused', async () => {
    const world = new World({ seed: 1 })
    await world.complete(format(world))
    await expect(world.complete(readLogDirectories(['/a'], world.node('n').ports.disk, { nodeId: 2 }))).rejects.toThrow('belongs to node 1')
  })

  it('with the same id are refused: one is a copy of the other', async () => {
    const world = new World({ seed: 1 })
    await world.complete(format(world))
    const { disk } = world.node('n').ports
    const content = await world.complete(disk.readFile('/a/meta.properties'))
    await world.complete(disk.makeDirectory('/b'))
    await world.complete(disk.writeFileAtomic('/b/meta.properties', content as Buffer))
    await expect(world.complete(readLogDirectories(['/a', '/b'], disk, { nodeId: 1 }))).rejects.toThrow('which /a has too')
  })

  it('that are not formatted have no properties', async () => {
    const world = new World({ seed: 1 })
    expect(await world.complete(readLogDirectories(['/a'], world.node('n').ports.disk, { nodeId: 1 }))).toEqual([{ path: '/a', properties: null }])
  })
})
