import { expect, it } from 'vitest'
import type { OdradekError } from '../../../../src/base/errors.ts'
import { loadConfig } from '../../../../src/config/load-config.ts'
import { formatNode } from '../../../../src/node/directories/format-node.ts'
import { checkMetadataDirectory, checkQuorumIsSaid } from '../../../../src/node/directories/metadata-directory.ts'
import { readLogDirectories } from '../../../../src/raft/format/log-directories.ts'
import { World } from '../../../support/world/world.ts'

const identityOf = (...assignments: string[]) => loadConfig({ profile: 'dev', assignments }).identity
const STATIC = 'controller.quorum.voters=1@localhost:19092'

/** Formats as the first node was told, and looks with the settings of the second. */
async function check(world: World, before: readonly string[], now: readonly string[]): Promise<string | null> {
  const { ports } = world.node('n')
  const first = identityOf(...before)
  await world.complete(formatNode({ identity: first, clusterId: undefined, ignoreFormatted: true, ports }))
  return look(world, now)
}

async function look(world: World, now: readonly string[]): Promise<string | null> {
  const { disk } = world.node('n').ports
  const identity = identityOf(...now)
  const paths = [...new Set([...identity.logDirs, identity.metadataLogDir])]
  const directories = await world.complete(readLogDirectories(paths, disk, { nodeId: 1 }))
  return world.complete(
    checkMetadataDirectory(directories, identity, disk).then(
      () => null,
      (error: OdradekError) => error.message,
    ),
  )
}

it('directories that are all new, or as they were, or more behind the first, are fine', async () => {
  expect(await look(new World({ seed: 1 }), ['log.dirs=/a,/b'])).toBeNull()
  const world = new World({ seed: 1 })
  expect(await check(world, ['log.dirs=/a'], ['log.dirs=/a'])).toBeNull()
  expect(await look(world, ['log.dirs=/a,/new'])).toBeNull()
  expect(await look(world, ['log.dirs=/new,/a', 'metadata.log.dir=/a'])).toBeNull()
})

it('a new directory in front of that with the metadata log is refused, with where the log is', async () => {
  expect(await check(new World({ seed: 1 }), ['log.dirs=/a'], ['log.dirs=/new,/a'])).toBe(
    'cannot use the log directory /new: it is to hold the metadata log, which is in /a. Put the directory that held it first in log.dirs again, or name it in metadata.log.dir.',
  )
})

it('directories in another order are refused', async () => {
  expect(await check(new World({ seed: 1 }), ['log.dirs=/a,/b'], ['log.dirs=/b,/a'])).toContain('which is in /a.')
})

it('a metadata directory that is new, or gone, beside directories with data is refused', async () => {
  const world = new World({ seed: 1 })
  expect(await check(world, ['log.dirs=/a,/b', 'metadata.log.dir=/m'], ['log.dirs=/a,/b', 'metadata.log.dir=/other'])).toContain(
    'which is not there, although the data of a node are in /a and /b. Put the directory that held it first in log.dirs again, or name it in metadata.log.dir. To begin without topics, move /a and /b away.',
  )
})

it('directories without the first, which held the metadata log, are refused', async () => {
  expect(await check(new World({ seed: 1 }), ['log.dirs=/a,/b'], ['log.dirs=/b'])).toContain('To begin without topics, move /b away.')
})

it('a directory of a static quorum that was never started has no metadata log yet', async () => {
  expect(await check(new World({ seed: 1 }), ['log.dirs=/a,/b', STATIC], ['log.dirs=/a,/b', STATIC])).toBeNull()
})

it('a directory of a node that joins a quorum has no metadata log yet', async () => {
  const joins = (...servers: string[]) => ['log.dirs=/a,/b', `controller.quorum.bootstrap.servers=${servers.join()}`]
  const world = new World({ seed: 1 })
  const format = formatNode({
    identity: identityOf(...joins('elsewhere:19092')),
    clusterId: undefined,
    quorum: 'elsewhere',
    ignoreFormatted: true,
    ports: world.node('n').ports,
  })
  await world.complete(format)
  expect(await look(world, joins('localhost:19092', 'elsewhere:19092'))).toBeNull()
  // Nobody else is known who could have it.
  expect(await look(world, joins('localhost:19092'))).toContain('which is not there')
})

it('a new directory whose settings name the quorum of others is refused until it is said whether the node joins them', () => {
  const identity = (...servers: string[]) => identityOf('log.dirs=/a', `controller.quorum.bootstrap.servers=${servers.join()}`)
  const isNew = [{ path: '/a', properties: null }]
  const others = identity('localhost:19092', 'elsewhere:19092')
  expect(() => checkQuorumIsSaid(isNew, others, undefined)).toThrow('odradek format --cluster-id ID --no-initial-controllers')
  expect(() => checkQuorumIsSaid(isNew, identity('localhost:19099'), undefined)).toThrow('names other nodes')
  checkQuorumIsSaid(isNew, others, { quorum: 'elsewhere' })
  // Its own, by another of its names; and what the profile says, wherever the node listens.
  checkQuorumIsSaid(isNew, identity('this-machine:19092'), undefined)
  checkQuorumIsSaid(isNew, identityOf('log.dirs=/a', 'listeners=PLAINTEXT://localhost:1,CONTROLLER://localhost:2'), undefined)
})

it('a crash in the middle of formatting leaves nothing that is refused', async () => {
  const settings = ['log.dirs=/a,/b', 'metadata.log.dir=/m']
  for (let change = 1; change <= 24; change++) {
    const world = new World({ seed: change })
    world.node('n').faults.crashAtChange(change)
    formatNode({ identity: identityOf(...settings), clusterId: undefined, ignoreFormatted: true, ports: world.node('n').ports }).catch(() => undefined)
    await world.run(1000)
    if (world.node('n').isRunning) world.crash('n', 'power')
    world.node('n').faults.clear()
    world.restart('n')
    expect(await look(world, settings)).toBeNull()
  }
})
