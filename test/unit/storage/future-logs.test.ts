import { describe, expect, it } from 'vitest'
import type { Uuid } from '../../../protocol/uuid.ts'
import type { Ports } from '../../../src/base/ports.ts'
import { DEFAULT_LOG_CONFIG } from '../../../src/storage/log/log-config.ts'
import type { PartitionLog } from '../../../src/storage/log/partition-log.ts'
import { LogManager } from '../../../src/storage/log-manager.ts'
import { silentLogger } from '../../../src/telemetry/logger.ts'
import { LOG_MANAGER_SETTINGS } from '../../support/log-manager-settings.ts'
import { append, baseOffsets, dataBatch, fileNames, readAll, startWorld } from './support.ts'

const TOPIC_ID = '2cpOPURqSU2jEYyVvUg-hQ' as Uuid
const ONE = 'EF9wINcfRkKJhJQASwIdCA' as Uuid
const TWO = 'unSScKILSce4PM1HolJnqg' as Uuid
const DIRECTORIES = new Map([
  ['/one', ONE],
  ['/two', TWO],
])

async function open(ports: Ports, cordonedLogDirs: readonly string[] = []): Promise<{ readonly manager: LogManager; readonly offline: string[] }> {
  for (const path of DIRECTORIES.keys()) await ports.disk.makeDirectory(path)
  const offline: string[] = []
  const manager = await LogManager.open({
    ports,
    logger: silentLogger,
    settings: {
      ...LOG_MANAGER_SETTINGS,
      logDirs: [...DIRECTORIES.keys()],
      cordonedLogDirs,
      recoveryConcurrency: 2,
    },
    directoryIds: DIRECTORIES,
    configOf: () => ({ ...DEFAULT_LOG_CONFIG, segmentBytes: 700 }),
    onDirectoryOffline: ({ path }) => offline.push(path),
  })
  return { manager, offline }
}

const t = { topic: 't', partition: 0, topicId: TOPIC_ID }

async function logWithRecords(manager: LogManager, count = 12): Promise<PartitionLog> {
  const log = await manager.getOrCreateLog({ ...t, directoryId: ONE })
  for (let sequence = 0; sequence < count; sequence++) append(log, dataBatch({ producer: { id: 7, sequence } }))
  return log
}

async function copy(from: PartitionLog, to: PartitionLog): Promise<void> {
  const batches = (await readAll(from)).filter((batch) => Number(batch.readBigInt64BE(0)) >= to.logEndOffset)
  for (const bytes of batches) to.appendAsFollower(bytes, { leaderEpoch: 0, nowMs: 0 })
}

describe('the copy of a log in another directory', () => {
  it('takes its place within a turn, with records, producers and epochs', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports)
    const log = await logWithRecords(manager)
    const future = await manager.futures.create(t, '/two')
    expect(manager.futures.get('t', 0)).toBe(future)
    await copy(log, future)
    const { log: moved, settled } = manager.futures.promote('t', 0)
    expect([moved.directory, manager.getLog('t', 0), log.isClosed, manager.futures.get('t', 0)]).toEqual(['/two/t-0', moved, true, undefined])
    expect(append(moved, dataBatch({ producer: { id: 7, sequence: 11 } })).duplicate).toBe(true)
    expect(append(moved, dataBatch({ producer: { id: 7, sequence: 12 } })).firstOffset).toBe(12)
    await settled
    expect(await baseOffsets(moved)).toEqual([...Array(13).keys()])
    expect((await fileNames(started.ports, '/one')).filter((name) => name.startsWith('t-0'))).toEqual([expect.stringMatching(/^t-0\.[0-9a-f]{32}-delete$/)])
    expect(manager.directoryOf(moved).directoryId).toBe(TWO)
    await manager.shutdown(1)
    const again = await open(started.ports)
    expect(await baseOffsets(again.manager.getLog('t', 0) as PartitionLog)).toEqual([...Array(13).keys()])
  })

  it('takes what waits for its removal along, and it is removed there', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports)
    const log = await logWithRecords(manager)
    const future = await manager.futures.create(t, '/two')
    await copy(log, future)
    await future.truncateFullyAndStartAt(0)
    await copy(log, future)
    const { settled } = manager.futures.promote('t', 0)
    await settled
    const discarded = async () => (await fileNames(started.ports, '/two/t-0')).filter((name) => name.endsWith('.deleted'))
    expect(await discarded()).not.toEqual([])
    await started.ports.timers.sleep(DEFAULT_LOG_CONFIG.fileDeleteDelayMs + 1000)
    expect(await discarded()).toEqual([])
  })

  it('is found again after a restart, to be continued', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports)
    const log = await logWithRecords(manager)
    const future = await manager.futures.create(t, '/two')
    future.appendAsFollower((await readAll(log))[0] as Buffer, { leaderEpoch: 0, nowMs: 0 })
    await manager.shutdown(1)
    const again = await open(started.ports)
    await again.manager.futures.settleLeftOver(() => ONE)
    expect(again.manager.futures.get('t', 0)?.logEndOffset).toBe(1)
    expect(again.manager.getLog('t', 0)?.logEndOffset).toBe(12)
  })

  it('that is ahead of its log, or has none any more, takes its place at the start', async () => {
    for (const isGone of [false, true]) {
      await using started = startWorld()
      const { manager } = await open(started.ports)
      const log = await logWithRecords(manager)
      const future = await manager.futures.create(t, '/two')
      await copy(log, future)
      append(future, dataBatch({ producer: { id: 7, sequence: 12 } }))
      await manager.shutdown(1)
      if (isGone) await started.ports.disk.removeDirectory('/one/t-0')
      const again = await open(started.ports)
      await again.manager.futures.settleLeftOver(() => TWO)
      const found = again.manager.getLog('t', 0)
      expect([found?.directory, found?.logEndOffset]).toEqual(['/two/t-0', 13])
    }
  })

  it('of a log whose directory is offline waits for it, unless the cluster places the replica here', async () => {
    for (const placedIn of [ONE, TWO]) {
      await using started = startWorld()
      const { manager } = await open(started.ports)
      await copy(await logWithRecords(manager), await manager.futures.create(t, '/two'))
      await manager.shutdown(1)
      started.world.node('a').faults.failNext({ reason: 'io', operation: 'list', pathIncludes: '/one' })
      const again = await open(started.ports)
      await again.manager.futures.settleLeftOver(() => placedIn)
      expect(again.manager.getLog('t', 0)?.directory).toBe(placedIn === TWO ? '/two/t-0' : undefined)
    }
  })

  it('of no replica of this node is removed', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports)
    await manager.futures.create(t, '/two')
    await manager.futures.settleLeftOver(() => null)
    expect(manager.futures.get('t', 0)).toBeUndefined()
    expect((await fileNames(started.ports, '/two')).filter((name) => name.endsWith('-delete'))).toHaveLength(1)
  })

  it('that was made and does not say yet whose it is is removed, as the copy that follows it would not say so either', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports)
    await logWithRecords(manager)
    await manager.futures.create(t, '/two')
    await manager.shutdown(1)
    const future = (await fileNames(started.ports, '/two')).find((name) => name.endsWith('-future'))
    await started.ports.disk.removeFile(`/two/${future}/partition.metadata`)
    const again = await open(started.ports)
    await again.manager.futures.settleLeftOver(() => ONE)
    expect([again.manager.futures.get('t', 0), again.manager.getLog('t', 0)?.logEndOffset]).toEqual([undefined, 12])
  })

  it('goes with its log when the log is deleted, and alone when it is given up', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports)
    await logWithRecords(manager)
    await manager.futures.create(t, '/two')
    await manager.futures.delete('t', 0)
    expect([manager.futures.get('t', 0), manager.getLog('t', 0)?.logEndOffset]).toEqual([undefined, 12])
    await manager.futures.create(t, '/two')
    await manager.deleteLog('t', 0)
    expect([manager.futures.get('t', 0), manager.getLog('t', 0)]).toEqual([undefined, undefined])
  })

  it('whose directory fails is gone, and the log stays', async () => {
    await using started = startWorld()
    const { manager, offline } = await open(started.ports)
    const log = await logWithRecords(manager)
    const future = await manager.futures.create(t, '/two')
    await copy(log, future)
    started.world.node('a').faults.failNext({ reason: 'io', operation: 'rename', pathIncludes: '/two' })
    expect(() => manager.futures.promote('t', 0)).toThrow('reports an error')
    expect([offline, manager.getLog('t', 0), manager.futures.get('t', 0)]).toEqual([['/two'], log, undefined])
    expect(append(log, dataBatch({ producer: { id: 7, sequence: 12 } })).firstOffset).toBe(12)
  })

  it('is the log also when the directory of the old one fails in that moment', async () => {
    await using started = startWorld()
    const { manager, offline } = await open(started.ports)
    await copy(await logWithRecords(manager), await manager.futures.create(t, '/two'))
    started.world.node('a').faults.failNext({ reason: 'io', operation: 'rename', pathIncludes: '/one' })
    const { log, settled } = manager.futures.promote('t', 0)
    await settled
    expect([offline, manager.getLog('t', 0)?.directory]).toEqual([['/one'], '/two/t-0'])
    expect(append(log, dataBatch({ producer: { id: 7, sequence: 12 } })).firstOffset).toBe(12)
  })
})

describe('two logs of one partition, after a crash in the middle of a move', () => {
  it('are told by where they end: the one that is behind is set aside', async () => {
    await using started = startWorld()
    const { ports } = started
    const { manager } = await open(ports)
    const log = await logWithRecords(manager)
    const future = await manager.futures.create(t, '/two')
    await copy(log, future)
    append(future, dataBatch({ producer: { id: 7, sequence: 12 } }))
    const { directory } = future
    await manager.shutdown(1)
    await ports.disk.rename(directory, '/two/t-0')
    const again = await open(ports)
    expect(again.manager.getLog('t', 0)?.logEndOffset).toBe(13)
    expect((await fileNames(ports, '/one')).filter((name) => name.startsWith('t-0'))).toEqual([expect.stringMatching(/-stray$/)])
  })
})

describe('where a log is made', () => {
  it('is not in a cordoned directory while there is another', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports, ['/one'])
    for (const partition of [0, 1, 2]) expect((await manager.getOrCreateLog({ ...t, partition })).directory).toBe(`/two/t-${partition}`)
  })

  it('is where it was wished before the partition was known, once', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports)
    await manager.getOrCreateLog({ ...t, partition: 5, directoryId: TWO })
    manager.wishDirectory('t', 0, '/two')
    expect((await manager.getOrCreateLog(t)).directory).toBe('/two/t-0')
    await manager.deleteLog('t', 0)
    expect((await manager.getOrCreateLog(t)).directory).toBe('/one/t-0')
  })
})
