import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { clusterClient } from '../cluster/cluster-client.ts'
import { Odradek } from '../odradek.ts'
import { BackupNodes, odradek } from './backup-nodes.ts'
import { checkOrders, createTopic, Orders, readByExample } from './orders.ts'

const TOPIC = 'orders'
const GROUP = 'warehouse'

async function commit(bootstrapServers: string, offset: string): Promise<void> {
  const admin = clusterClient(bootstrapServers).admin()
  await admin.connect()
  await admin.setOffsets({ groupId: GROUP, topic: TOPIC, partitions: [{ partition: 0, offset }] })
  await admin.disconnect()
}

async function committed(bootstrapServers: string): Promise<string | undefined> {
  const admin = clusterClient(bootstrapServers).admin()
  await admin.connect()
  const [topic] = await admin.fetchOffsets({ groupId: GROUP, topics: [TOPIC] })
  await admin.disconnect()
  return topic?.partitions.find(({ partition }) => partition === 0)?.offset
}

/** A small node that was stopped, with some records, and its archive. */
async function stoppedNode(): Promise<{ readonly nodes: BackupNodes; readonly acknowledged: readonly string[] }> {
  const nodes = await BackupNodes.make()
  await nodes.startAlone()
  await createTopic(nodes.bootstrapServers, TOPIC, 1)
  await using orders = await Orders.begin(nodes.bootstrapServers, TOPIC)
  await orders.more(20)
  const acknowledged = await orders.stop()
  await nodes.stop(1)
  return { nodes, acknowledged }
}

describe('a node whose data are lost', () => {
  test('serves from the backup that was made while it served', async () => {
    await using nodes = await BackupNodes.make()
    await nodes.startAlone()
    await createTopic(nodes.bootstrapServers, TOPIC, 3)
    await using orders = await Orders.begin(nodes.bootstrapServers, TOPIC)
    await orders.more(300)
    await commit(nodes.bootstrapServers, '7')
    const before = [...orders.acknowledged]
    const backup = await nodes.backup(1)
    expect(backup).toMatchObject({ exit: 0, err: '' })
    expect(backup.out).toMatch(/: node 1 of cluster \S{22}, \d+ partitions in \d+ files, [\d.]+ [KM]B as [\d.]+ [KM]?B\.\n$/)
    const meanwhile = orders.acknowledged.length - before.length
    await orders.stop()
    expect(meanwhile).toBeGreaterThan(0)
    await nodes.kill(1)
    nodes.lose(1)
    expect(await nodes.restore(1)).toMatchObject({ exit: 0, err: '' })
    await nodes.startAlone()
    checkOrders(await readByExample(nodes.bootstrapServers, TOPIC, before), before)
    expect(await committed(nodes.bootstrapServers)).toBe('7')
  })

  test('serves from the archive that tar made of its directory while it was stopped', async () => {
    const { nodes, acknowledged } = await stoppedNode()
    await using _ = nodes
    execFileSync('tar', ['-czf', 'node-1-stopped.tar.gz', 'node-1'], { cwd: nodes.directory })
    nodes.lose(1)
    execFileSync('tar', ['-xzf', 'node-1-stopped.tar.gz'], { cwd: nodes.directory })
    await nodes.startAlone()
    checkOrders(await readByExample(nodes.bootstrapServers, TOPIC, acknowledged), acknowledged)
  })

  test('is backed up stopped, too, and into another directory', async () => {
    const { nodes, acknowledged } = await stoppedNode()
    await using _ = nodes
    expect(await nodes.backup(1)).toMatchObject({ exit: 0 })
    renameSync(nodes.data(1), nodes.file('lost'))
    expect(await nodes.restore(1, '--cluster-id', clusterIdIn(nodes.file('lost')))).toMatchObject({ exit: 0 })
    await nodes.startAlone()
    checkOrders(await readByExample(nodes.bootstrapServers, TOPIC, acknowledged), acknowledged)
  })

  test('has several directories', async () => {
    await using nodes = await BackupNodes.make()
    const directories = ['a', 'b'].map((name) => nodes.file(name))
    const settings = ['--set', `log.dirs=${directories.join(',')}`, '--set', 'metrics.port=0', '--port', String(nodes.port(1))]
    await using first = new Odradek(['start', ...settings])
    await first.line('odradek is ready')
    const bootstrapServers = `localhost:${nodes.port(1)}`
    await createTopic(bootstrapServers, TOPIC, 6)
    await using orders = await Orders.begin(bootstrapServers, TOPIC)
    await orders.more(60)
    const before = [...orders.acknowledged]
    const file = nodes.file('node-1.tar.gz')
    expect(await odradek('backup', file, ...settings.slice(0, 2))).toMatchObject({ exit: 0 })
    await orders.stop()
    first.process.kill('SIGKILL')
    await first.exit()
    for (const directory of directories) renameSync(directory, `${directory}-lost`)
    expect(await odradek('restore', file, '--set', `log.dirs=${directories[0]}`)).toMatchObject({
      exit: 1,
      err: expect.stringContaining('it holds 2 directories'),
    })
    expect(
      await odradek('restore', file, '--set', `log.dirs=${directories[1]},${directories[0]}`, '--set', `metadata.log.dir=${directories[0]}`),
    ).toMatchObject({
      exit: 1,
      err: expect.stringContaining('its metadata log would go to'),
    })
    expect(await odradek('restore', file, ...settings.slice(0, 2))).toMatchObject({ exit: 0 })
    await using _again = new Odradek(['start', ...settings])
    await _again.line('odradek is ready')
    for (const directory of directories) expect(readdirSync(directory).filter((name) => name.startsWith(TOPIC)).length).toBeGreaterThan(0)
    checkOrders(await readByExample(bootstrapServers, TOPIC, before), before)
  })
})

function clusterIdIn(directory: string): string {
  return /cluster\.id=(.*)/.exec(readFileSync(join(directory, 'meta.properties'), 'utf8'))?.[1] ?? ''
}

describe('a restore that is refused says why and touches nothing:', () => {
  test('whatever is wrong', async () => {
    const { nodes } = await stoppedNode()
    await using _ = nodes
    expect(await nodes.backup(1)).toMatchObject({ exit: 0 })
    const archive = nodes.file('node-1.tar.gz')
    const bytes = readFileSync(archive)
    const flipped = Buffer.from(bytes)
    flipped[bytes.length >> 1] = (flipped[bytes.length >> 1] as number) ^ 0x10
    writeFileSync(nodes.file('short.tar.gz'), bytes.subarray(0, bytes.length - 100))
    writeFileSync(nodes.file('flipped.tar.gz'), flipped)
    writeFileSync(nodes.file('text.tar.gz'), 'no archive')
    mkdirSync(nodes.file('evil'))
    writeFileSync(nodes.file('evil/passwd'), 'x')
    execFileSync('tar', ['-czPf', nodes.file('evil.tar.gz'), '../evil/passwd'], { cwd: nodes.file('evil') })
    const target = nodes.file('target')
    const restore = (name: string, ...flags: readonly string[]) => odradek('restore', nodes.file(name), '--data', target, ...flags)
    for (const [name, why, ...flags] of [
      ['short.tar.gz', 'is no whole backup, and nothing was restored: it ends too early'],
      ['flipped.tar.gz', 'is no whole backup, and nothing was restored: '],
      ['text.tar.gz', 'is no whole backup, and nothing was restored: its compressed bytes are damaged'],
      ['evil.tar.gz', 'is no whole backup, and nothing was restored: '],
      ['none.tar.gz', 'there is no such file'],
      ['node-1.tar.gz', 'and a node of cluster other is to be restored', '--cluster-id', 'other'],
    ] as const) {
      const { exit, err } = await restore(name, ...flags)
      expect(err, name).toContain(why)
      expect(exit).toBe(1)
      expect(existsSync(target), name).toBe(false)
    }
    expect(await odradek('restore', archive, '--node', '2', '--set', `log.dirs=${target}`)).toMatchObject({
      exit: 1,
      err: expect.stringContaining('and node 2 is to be restored'),
    })
    expect(await nodes.restore(1)).toMatchObject({ exit: 1, err: expect.stringContaining(`${nodes.data(1)} is not empty`) })
    expect(await odradek('restore', archive, '--check')).toMatchObject({ exit: 0, out: expect.stringContaining(`data-0 was ${nodes.data(1)}`) })
    expect(existsSync(target)).toBe(false)
  })

  test('a node that runs', async () => {
    const { nodes } = await stoppedNode()
    await using _ = nodes
    await nodes.backup(1)
    await nodes.startAlone()
    expect(await nodes.restore(1, '--replace')).toMatchObject({ exit: 1, err: expect.stringContaining('is in use by another Odradek node') })
  })
})

describe('a restore that is killed', () => {
  test('leaves a directory on which the node does not start, until it is restored', async () => {
    const { nodes, acknowledged } = await stoppedNode()
    await using _ = nodes
    await nodes.backup(1)
    // As it is in the midst of the last step.
    mkdirSync(join(nodes.data(1), '.odradek-restore/orders-0'), { recursive: true })
    mkdirSync(join(nodes.data(1), '.odradek-restore-unfinished'))
    await using refused = new Odradek(['start', '--port', String(nodes.port(1)), '--set', `log.dirs=${nodes.data(1)}`])
    expect(await refused.exit()).toBe(1)
    expect(refused.err).toContain('a restore into it did not come to its end. Run `odradek restore` again with --replace.')
    expect(await nodes.restore(1)).toMatchObject({ exit: 1, err: expect.stringContaining('was interrupted: run it again with --replace') })
    expect(await nodes.restore(1, '--replace')).toMatchObject({ exit: 0 })
    await nodes.startAlone()
    checkOrders(await readByExample(nodes.bootstrapServers, TOPIC, acknowledged), acknowledged)
  })
})

describe('a backup', () => {
  test('never takes the place of a file, and is made once at a time under one name', async () => {
    const { nodes } = await stoppedNode()
    await using _ = nodes
    expect(await nodes.backup(1)).toMatchObject({ exit: 0 })
    expect(await nodes.backup(1)).toMatchObject({ exit: 1, err: expect.stringContaining('is there already') })
    const [one, two] = await Promise.all(['one', 'two'].map((name) => nodes.backup(1, nodes.file(`${name}.tar.gz`))))
    expect([one?.exit, two?.exit]).toEqual([0, 0])
    writeFileSync(nodes.file('three.tar.gz.part'), 'half')
    expect(await nodes.backup(1, nodes.file('three.tar.gz'))).toMatchObject({
      exit: 1,
      err: expect.stringContaining('another backup writes it, or one was killed'),
    })
    expect(readFileSync(nodes.file('three.tar.gz.part'), 'utf8')).toBe('half')
  })

  test('of what is no node is refused', async () => {
    await using nodes = await BackupNodes.make()
    mkdirSync(nodes.data(1))
    expect(await nodes.backup(1)).toMatchObject({ exit: 1, err: expect.stringContaining('it has no meta.properties') })
    expect(readdirSync(nodes.directory)).toEqual(['node-1'])
  })

  test('of one of several directories is refused', async () => {
    const { nodes } = await stoppedNode()
    await using _ = nodes
    mkdirSync(nodes.file('other'))
    copyFileSync(join(nodes.data(1), 'meta.properties'), nodes.file('other/meta.properties'))
    expect(await odradek('backup', nodes.file('x.tar.gz'), '--data', nodes.file('other'))).toMatchObject({
      exit: 1,
      err: expect.stringContaining('none of them holds a metadata log'),
    })
  })

  test('is a tar archive for everybody', async () => {
    const { nodes } = await stoppedNode()
    await using _ = nodes
    const long = 't'.repeat(200)
    await nodes.startAlone('--topic', long)
    await nodes.backup(1)
    const listed = execFileSync('tar', ['-tzf', nodes.file('node-1.tar.gz')], { encoding: 'utf8' }).split('\n')
    expect(listed[0]).toBe('odradek-backup.json')
    expect(listed).toContain(`data-0/${long}-0/00000000000000000000.log`)
    expect(listed.at(-2)).toBe('manifest.json')
    mkdirSync(nodes.file('unpacked'))
    execFileSync('tar', ['-xzf', nodes.file('node-1.tar.gz')], { cwd: nodes.file('unpacked') })
    expect(readFileSync(nodes.file('unpacked/data-0/meta.properties'), 'utf8')).toContain('node.id=1')
  })
})
