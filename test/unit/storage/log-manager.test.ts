import { describe, expect, it } from 'vitest'
import type { Uuid } from '../../../protocol/uuid.ts'
import { DiskError, OdradekError } from '../../../src/base/errors.ts'
import type { Ports } from '../../../src/base/ports.ts'
import { lockDirectories } from '../../../src/storage/directory/lock-directories.ts'
import type { LogDirectoryInfo } from '../../../src/storage/directory/log-directories.ts'
import { writeWhole } from '../../../src/storage/files/read-whole.ts'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../../../src/storage/log/log-config.ts'
import { LogManager } from '../../../src/storage/log-manager.ts'
import type { LogManagerSettings } from '../../../src/storage/log-manager-options.ts'
import { type Logger, silentLogger } from '../../../src/telemetry/logger.ts'
import { LOG_MANAGER_SETTINGS } from '../../support/log-manager-settings.ts'
import { type Line, recordingLogger } from '../server/harness.ts'
import { append, baseOffsets, dataBatch, fileNames, startWorld } from './support.ts'

const TOPIC_ID = '2cpOPURqSU2jEYyVvUg-hQ' as Uuid
const OTHER_ID = 'c_vXJhjiSiCaoF1qnHaTWg' as Uuid
const DIRECTORIES = new Map([
  ['/one', 'EF9wINcfRkKJhJQASwIdCA' as Uuid],
  ['/two', 'unSScKILSce4PM1HolJnqg' as Uuid],
])

interface Opened {
  readonly manager: LogManager
  readonly offline: LogDirectoryInfo[]
}

async function open(ports: Ports, config: Partial<LogConfig> = {}, settings: Partial<LogManagerSettings> = {}, logger: Logger = silentLogger): Promise<Opened> {
  for (const path of DIRECTORIES.keys()) await ports.disk.makeDirectory(path)
  const offline: LogDirectoryInfo[] = []
  const manager = await LogManager.open({
    ports,
    logger,
    settings: {
      ...LOG_MANAGER_SETTINGS,
      logDirs: [...DIRECTORIES.keys()],
      recoveryConcurrency: 2,
      ...settings,
    },
    directoryIds: DIRECTORIES,
    configOf: () => ({ ...DEFAULT_LOG_CONFIG, ...config }),
    onDirectoryOffline: (directory) => offline.push(directory),
  })
  return { manager, offline }
}

const log = (topic: string, partition = 0, topicId = TOPIC_ID) => ({ topic, partition, topicId })

async function text(ports: Ports, path: string): Promise<string | null> {
  return (await ports.disk.readFile(path))?.toString() ?? null
}

describe('logs', () => {
  it('are made in the directory with the fewest of them, or in the one asked for', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports)
    for (let partition = 0; partition < 4; partition++) await manager.getOrCreateLog(log('spread', partition))
    const wanted = await manager.getOrCreateLog({ ...log('placed'), directoryId: DIRECTORIES.get('/two') as Uuid })
    expect((await fileNames(started.ports, '/one')).filter((name) => name.startsWith('spread'))).toHaveLength(2)
    expect(wanted.directory).toBe('/two/placed-0')
    expect(manager.directoryOf(wanted).directoryId).toBe(DIRECTORIES.get('/two'))
  })

  it('made all at once are spread over the directories too', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports)
    await Promise.all([0, 1, 2, 3].map((partition) => manager.getOrCreateLog(log('spread', partition))))
    for (const path of DIRECTORIES.keys()) expect((await fileNames(started.ports, path)).filter((name) => name.startsWith('spread'))).toHaveLength(2)
  })

  it('are the same for calls that overlap, and carry their topic id in partition.metadata', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports)
    const [first, second] = await Promise.all([manager.getOrCreateLog(log('a')), manager.getOrCreateLog(log('a'))])
    expect(first).toBe(second)
    expect(manager.getLog('a', 0)).toBe(first)
    expect(await text(started.ports, `${first.directory}/partition.metadata`)).toBe(`version: 0\ntopic_id: ${TOPIC_ID}`)
  })

  it('of another topic with the same name are not handed out', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports)
    await manager.getOrCreateLog(log('a'))
    await expect(manager.getOrCreateLog(log('a', 0, OTHER_ID))).rejects.toMatchObject({ code: 'INCONSISTENT_TOPIC_ID' })
  })

  it('whose directory lost its topic id belong to the topic that asks for them', async () => {
    await using started = startWorld()
    const { ports } = started
    const first = await open(ports)
    append(await first.manager.getOrCreateLog(log('a')), dataBatch())
    await first.manager.shutdown(1)
    await ports.disk.removeFile('/one/a-0/partition.metadata')
    const second = await open(ports)
    expect(second.manager.getLog('a', 0)?.topicId).toBeNull()
    expect(await second.manager.getOrCreateLog(log('a', 0, OTHER_ID))).toMatchObject({ topicId: OTHER_ID, logEndOffset: 1 })
    await second.manager.shutdown(1)
    expect((await open(ports)).manager.getLog('a', 0)?.topicId).toBe(OTHER_ID)
  })

  it('take new settings of their topic', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports)
    const one = await manager.getOrCreateLog(log('a'))
    const other = await manager.getOrCreateLog(log('b'))
    manager.updateConfigs(new Map([['a', { ...DEFAULT_LOG_CONFIG, segmentBytes: 1234 }]]))
    expect(one.config.segmentBytes).toBe(1234)
    expect(other.config.segmentBytes).toBe(DEFAULT_LOG_CONFIG.segmentBytes)
  })

  it('that are deleted free their name at once and their files after the delay', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports, { fileDeleteDelayMs: 1000 })
    const first = await manager.getOrCreateLog(log('a'))
    append(first, dataBatch())
    await manager.deleteLog('a', 0)
    expect(manager.getLog('a', 0)).toBeUndefined()
    expect((await fileNames(started.ports, '/one')).find((name) => name.startsWith('a-0'))).toMatch(/^a-0\.[0-9a-f]{32}-delete$/)
    const second = await manager.getOrCreateLog(log('a', 0, OTHER_ID))
    expect(second).toMatchObject({ logEndOffset: 0, topicId: OTHER_ID })
    await started.ports.timers.sleep(2000)
    expect((await fileNames(started.ports, '/one')).filter((name) => name.endsWith('-delete'))).toEqual([])
    await manager.deleteLog('never-there', 3)
  })

  it('that the cluster does not know are set aside and left alone from then on', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports)
    append(await manager.getOrCreateLog(log('a')), dataBatch())
    await manager.getOrCreateLog(log('b'))
    await manager.setAsideStrayLogs((candidate) => candidate.topic === 'a')
    expect(manager.getLog('a', 0)).toBeUndefined()
    await manager.shutdown(1)
    const lines: Line[] = []
    const again = await open(started.ports, {}, {}, recordingLogger(lines))
    expect([...again.manager.logs].map((found) => found.topic)).toEqual(['b'])
    const kept = 'A log that was set aside is kept: remove its directory when nothing in it is missed'
    expect(lines.filter(({ level, message }) => level === 'warn' || message === kept)).toEqual([
      expect.objectContaining({ level: 'info', message: kept, fields: { path: expect.stringMatching(/^\/one\/a-0\..+-stray$/) } }),
    ])
    expect((await fileNames(started.ports, '/one')).some((name) => name.endsWith('-stray'))).toBe(true)
  })
})

describe('a log of a deleted topic beside that of a new topic of the same name in another directory', () => {
  it('is set aside, and the new one is used', async () => {
    await using started = startWorld()
    const [one, two] = [...DIRECTORIES.values()] as [Uuid, Uuid]
    const before = await open(started.ports)
    append(await before.manager.getOrCreateLog({ ...log('a'), directoryId: one }), dataBatch())
    await before.manager.shutdown(1)
    await started.ports.disk.rename('/one/a-0', '/kept')
    const between = await open(started.ports)
    append(await between.manager.getOrCreateLog({ ...log('a', 0, OTHER_ID), directoryId: two }), dataBatch({ count: 2 }))
    await between.manager.shutdown(1)
    await started.ports.disk.rename('/kept', '/one/a-0')
    const { manager } = await open(started.ports)
    await manager.setAsideStrayLogs((candidate) => candidate.topicId !== OTHER_ID)
    expect(manager.getLog('a', 0)?.directory).toBe('/two/a-0')
    expect((await manager.getOrCreateLog(log('a', 0, OTHER_ID))).logEndOffset).toBe(2)
  })

  it('cannot be told from it when it has records and does not say whose it is: the start is refused', async () => {
    await using started = startWorld()
    const [one, two] = [...DIRECTORIES.values()] as [Uuid, Uuid]
    for (const [directoryId, path] of [
      [one, '/one'],
      [two, '/two'],
    ] as const) {
      const { manager } = await open(started.ports)
      append(await manager.getOrCreateLog({ ...log('a'), directoryId }), dataBatch())
      await manager.shutdown(1)
      await started.ports.disk.removeFile(`${path}/a-0/partition.metadata`)
      await started.ports.disk.rename(`${path}/a-0`, `${path}-kept`)
    }
    for (const path of ['/one', '/two']) await started.ports.disk.rename(`${path}-kept`, `${path}/a-0`)
    await expect(open(started.ports)).rejects.toMatchObject({ code: 'DUPLICATE_LOG' })
  })

  it('is set aside when it does not say whose it is and is empty, as a crash leaves one that was just made', async () => {
    await using started = startWorld()
    for (const path of DIRECTORIES.keys()) await started.ports.disk.makeDirectory(`${path}/a-0`)
    const { manager } = await open(started.ports)
    expect((await manager.getOrCreateLog(log('a'))).logEndOffset).toBe(0)
    const names = await Promise.all([...DIRECTORIES.keys()].map((path) => fileNames(started.ports, path)))
    expect(
      names
        .flat()
        .filter((name) => name.startsWith('a-0'))
        .sort(),
    ).toEqual(['a-0', expect.stringMatching(/-stray$/)])
  })
})

describe('a clean shutdown', () => {
  it('leaves checkpoints and the marker, and the next start reads no log data', async () => {
    await using started = startWorld()
    const { ports } = started
    const first = await open(ports)
    const before = await first.manager.getOrCreateLog(log('a'))
    for (let sequence = 0; sequence < 5; sequence++) append(before, dataBatch({ producer: { id: 1, sequence } }), { leaderEpoch: 2 })
    before.updateHighWatermark(5)
    before.incrementLogStartOffset(2)
    await first.manager.shutdown(42)
    expect(await text(ports, '/one/.kafka_cleanshutdown')).toBe('{"version":0,"brokerEpoch":42}')
    expect(await text(ports, '/one/recovery-point-offset-checkpoint')).toBe('0\n1\na 0 5\n')
    expect(await text(ports, '/one/log-start-offset-checkpoint')).toBe('0\n1\na 0 2\n')
    started.world.node('a').faults.failNext({ reason: 'io', operation: 'read', pathIncludes: '.log', times: 1000 })
    const { manager, offline } = await open(ports)
    expect(manager.getLog('a', 0)).toMatchObject({ logStartOffset: 2, logEndOffset: 5, topicId: TOPIC_ID, recoveryPoint: 5 })
    expect([manager.previousBrokerEpoch, offline]).toEqual([42, []])
    expect(await text(ports, '/one/.kafka_cleanshutdown')).toBeNull()
  })

  it('is followed by a start that can tell the sizes of logs without opening their files', async () => {
    await using started = startWorld()
    const first = await open(started.ports, { segmentBytes: 300 })
    const before = await first.manager.getOrCreateLog(log('a'))
    for (let index = 0; index < 9; index++) append(before, dataBatch())
    await first.manager.shutdown(1)
    const after = (await open(started.ports, { segmentBytes: 300 })).manager.getLog('a', 0)
    started.world.node('a').faults.failNext({ reason: 'io', operation: 'open', pathIncludes: '.log', times: Number.POSITIVE_INFINITY })
    expect(await after?.findSize()).toBe(9 * dataBatch().length)
  })

  it('keeps producers, epochs and records', async () => {
    await using started = startWorld()
    const first = await open(started.ports)
    const before = await first.manager.getOrCreateLog(log('a'))
    for (let sequence = 0; sequence < 3; sequence++) append(before, dataBatch({ producer: { id: 1, sequence } }), { leaderEpoch: 2 })
    await first.manager.shutdown(1)
    const after = (await open(started.ports)).manager.getLog('a', 0)
    if (after === undefined) throw new Error('the log is gone')
    expect(after.latestEpoch).toBe(2)
    expect(append(after, dataBatch({ producer: { id: 1, sequence: 2 } })).duplicate).toBe(true)
    expect(append(after, dataBatch({ producer: { id: 1, sequence: 3 } }), { leaderEpoch: 3 }).firstOffset).toBe(3)
    expect(await baseOffsets(after)).toEqual([0, 1, 2, 3])
  })

  it('is followed by another with nothing in between, and nothing is written for logs nobody used', async () => {
    await using started = startWorld()
    const { ports } = started
    const first = await open(ports)
    append(await first.manager.getOrCreateLog(log('a')), dataBatch())
    await first.manager.shutdown(1)
    const second = await open(ports)
    const before = started.world.node('a').faults.changeCount
    await second.manager.shutdown(2)
    const markersAndCheckpoints = 6
    expect(started.world.node('a').faults.changeCount - before).toBeLessThanOrEqual(markersAndCheckpoints)
    expect((await open(ports)).manager.getLog('a', 0)?.logEndOffset).toBe(1)
  })

  it('whose log changed on the disk since is noticed when the log is used', async () => {
    await using started = startWorld()
    const { ports } = started
    const first = await open(ports)
    append(await first.manager.getOrCreateLog(log('a')), dataBatch())
    await first.manager.shutdown(1)
    writeWhole(ports.disk, '/one/a-0/00000000000000000000.log', Buffer.alloc(0))
    const after = (await open(ports)).manager.getLog('a', 0)
    expect(() => after?.read(0, { maxBytes: 10, minOneBatch: true, upTo: 'log-end' })).toThrow(DiskError)
  })

  it('with a malformed recovery-point checkpoint is made up for by reading the end of the log', async () => {
    await using started = startWorld()
    const { ports } = started
    const first = await open(ports)
    append(await first.manager.getOrCreateLog(log('a')), dataBatch({ count: 7 }))
    await first.manager.shutdown(1)
    writeWhole(ports.disk, '/one/recovery-point-offset-checkpoint', Buffer.from('nonsense'))
    expect((await open(ports)).manager.getLog('a', 0)?.logEndOffset).toBe(7)
  })
})

describe('an unclean stop', () => {
  it('is recovered from: nothing written is lost when the process dies alone', async () => {
    await using started = startWorld()
    const { ports } = started
    const first = await open(ports, { segmentBytes: 300 })
    const before = await first.manager.getOrCreateLog(log('a'))
    for (let index = 0; index < 9; index++) append(before, dataBatch())
    first.manager.abandon()
    const { manager } = await open(ports, { segmentBytes: 300 })
    expect(manager.getLog('a', 0)?.logEndOffset).toBe(9)
    expect(manager.previousBrokerEpoch).toBe(-1)
  })

  it('ends a log before a segment that lost what it held, also of a compacted topic; gaps below the place that the cleaner notes are none', async () => {
    await using started = startWorld()
    const { ports } = started
    const config = { segmentBytes: 300, compact: true }
    const { manager } = await open(ports, { segmentBytes: 300 })
    const kept = await manager.getOrCreateLog({ ...log('compacted'), directoryId: DIRECTORIES.get('/one') as Uuid })
    for (let index = 0; index < 6; index++) append(kept, dataBatch({ valueBytes: 150 }))
    manager.abandon()
    const second = `${kept.directory}/00000000000000000001.log`
    await ports.disk.removeFile(second)
    writeWhole(ports.disk, second, Buffer.alloc(0))
    writeWhole(ports.disk, '/one/cleaner-offset-checkpoint', Buffer.from('0\n1\ncompacted 0 2\n'))
    const cleaned = await open(ports, config)
    expect(await baseOffsets(await cleaned.manager.getOrCreateLog(log('compacted')))).toEqual([0, 2, 3, 4, 5])
    cleaned.manager.abandon()
    await ports.disk.removeFile('/one/cleaner-offset-checkpoint')
    const again = await open(ports, config)
    expect(await baseOffsets(await again.manager.getOrCreateLog(log('compacted')))).toEqual([0])
  })

  it('does not let a log begin where a deleted one of its name had its start', async () => {
    await using started = startWorld()
    const { ports } = started
    const first = await open(ports)
    const before = await first.manager.getOrCreateLog(log('a'))
    for (let index = 0; index < 9; index++) append(before, dataBatch())
    before.updateHighWatermark(9)
    before.incrementLogStartOffset(5)
    await before.flush()
    await first.manager.checkpoint()
    await first.manager.deleteLog('a', 0)
    append(await first.manager.getOrCreateLog(log('a', 0, OTHER_ID)), dataBatch())
    first.manager.abandon()
    expect((await open(ports)).manager.getLog('a', 0)).toMatchObject({ logStartOffset: 0, logEndOffset: 1 })
  })
})

describe('a directory whose disk fails', () => {
  it('goes offline alone, is reported once, and logs go to the others', async () => {
    await using started = startWorld()
    const { manager, offline } = await open(started.ports)
    const one = await manager.getOrCreateLog({ ...log('a'), directoryId: DIRECTORIES.get('/one') as Uuid })
    const two = await manager.getOrCreateLog({ ...log('b'), directoryId: DIRECTORIES.get('/two') as Uuid })
    started.world.node('a').faults.failNext({ reason: 'no-space', operation: 'write' })
    let failure: unknown
    try {
      append(one, dataBatch())
    } catch (error) {
      failure = error
    }
    expect(failure).toBeInstanceOf(DiskError)
    manager.reportDiskError(one, failure as DiskError)
    manager.reportDiskError(one, failure as DiskError)
    expect(offline).toEqual([{ path: '/one', directoryId: DIRECTORIES.get('/one') }])
    expect([manager.getLog('a', 0), manager.getLog('b', 0)]).toEqual([undefined, two])
    expect([manager.liveDirectories.map(({ path }) => path), manager.offlineDirectories]).toEqual([['/two'], ['/one']])
    expect((await manager.getOrCreateLog(log('c'))).directory).toBe('/two/c-0')
  })

  it('keeps the checkpoints that it had, also when it fails while those of all directories are written', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports)
    const one = await manager.getOrCreateLog({ ...log('a'), directoryId: DIRECTORIES.get('/one') as Uuid })
    const two = await manager.getOrCreateLog({ ...log('b'), directoryId: DIRECTORIES.get('/two') as Uuid })
    for (const made of [one, two]) {
      append(made, dataBatch({ count: 3 }))
      made.updateHighWatermark(3)
      made.incrementLogStartOffset(2)
    }
    await manager.checkpoint()
    append(one, dataBatch())
    await one.flush()
    const writing = manager.checkpoint()
    manager.reportDiskError(two, new DiskError('io', '/two', 'it failed'))
    await writing
    expect(await text(started.ports, '/two/log-start-offset-checkpoint')).toBe('0\n1\nb 0 2\n')
  })

  it('does not take in a log that was being made there', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports)
    const directoryId = DIRECTORIES.get('/one') as Uuid
    const one = await manager.getOrCreateLog({ ...log('a'), directoryId })
    const making = manager.getOrCreateLog({ ...log('b'), directoryId })
    manager.reportDiskError(one, new DiskError('io', '/one', 'it failed'))
    await expect(making).rejects.toBeInstanceOf(DiskError)
    expect(manager.getLog('b', 0)).toBeUndefined()
    expect((await manager.getOrCreateLog(log('b'))).directory).toBe('/two/b-0')
  })

  it('gets no marker of a clean shutdown, the others do', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports)
    append(await manager.getOrCreateLog({ ...log('a'), directoryId: DIRECTORIES.get('/one') as Uuid }), dataBatch())
    started.world.node('a').faults.failNext({ reason: 'io', operation: 'flush', pathIncludes: '/one', times: 100 })
    await manager.shutdown(7)
    expect(await text(started.ports, '/one/.kafka_cleanshutdown')).toBeNull()
    expect(await text(started.ports, '/two/.kafka_cleanshutdown')).not.toBeNull()
  })

  it('while it loads is left out', async () => {
    await using started = startWorld()
    const { ports } = started
    for (const path of DIRECTORIES.keys()) await ports.disk.makeDirectory(path)
    started.world.node('a').faults.failNext({ reason: 'io', operation: 'list', pathIncludes: '/one' })
    const { manager, offline } = await open(ports)
    expect(offline.map(({ path }) => path)).toEqual(['/one'])
    expect(manager.liveDirectories.map(({ path }) => path)).toEqual(['/two'])
  })

  it('stops the start when it is the last', async () => {
    await using started = startWorld()
    started.world.node('a').faults.failNext({ reason: 'io', operation: 'list', times: 2 })
    await expect(open(started.ports)).rejects.toThrow(OdradekError)
  })
})

describe('periodic work', () => {
  it('removes what retention allows', async () => {
    await using started = startWorld()
    const { ports } = started
    const { manager } = await open(ports, { retentionMs: 1000, segmentBytes: 100 }, { retentionCheckIntervalMs: 5000 })
    const found = await manager.getOrCreateLog(log('a'))
    for (let index = 0; index < 3; index++) append(found, dataBatch({ timestamp: ports.clock.nowMs() }), { nowMs: ports.clock.nowMs() })
    found.updateHighWatermark(3)
    await ports.timers.sleep(6000)
    expect(found.logStartOffset).toBe(3)
  })

  it('flushes logs that were not for flush.ms', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports, { flushMs: 1000 }, { flushCheckIntervalMs: 500 })
    const found = await manager.getOrCreateLog(log('a'))
    append(found, dataBatch())
    await started.ports.timers.sleep(3000)
    expect(found.recoveryPoint).toBe(1)
  })

  it('writes recovery points, before the last record: the active segment may end behind it', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports)
    const found = await manager.getOrCreateLog(log('a'))
    append(found, dataBatch())
    await found.flush()
    await started.ports.timers.sleep(61_000)
    expect(await text(started.ports, '/one/recovery-point-offset-checkpoint')).toBe('0\n1\na 0 0\n')
  })
})

describe('a log that is cut', () => {
  it('has its recovery point on disk where it was cut, before the cut is over: what is written anew there is not durable', async () => {
    await using started = startWorld()
    const { manager } = await open(started.ports, { segmentBytes: 100 })
    const found = await manager.getOrCreateLog(log('a'))
    for (let count = 0; count < 10; count++) append(found, dataBatch())
    await found.flush()
    await manager.checkpoint()
    expect(await text(started.ports, '/one/recovery-point-offset-checkpoint')).toBe('0\n1\na 0 9\n')
    await found.truncateTo(4)
    expect(await text(started.ports, '/one/recovery-point-offset-checkpoint')).toBe('0\n1\na 0 4\n')
    await found.truncateFullyAndStartAt(2, 2)
    expect(await text(started.ports, '/one/recovery-point-offset-checkpoint')).toBe('0\n1\na 0 2\n')
  })
})

describe('lockDirectories', () => {
  it('makes missing directories, takes all, and says who has one already', async () => {
    await using started = startWorld()
    const { disk } = started.ports
    await using locks = await lockDirectories(disk, ['/one', '/two'], silentLogger)
    expect(locks.paths).toEqual(['/one', '/two'])
    await expect(lockDirectories(disk, ['/three', '/two'], silentLogger)).rejects.toMatchObject({ reason: 'locked' })
    await (await lockDirectories(disk, ['/three'], silentLogger))[Symbol.asyncDispose]()
  })

  it('leaves out a directory whose disk fails', async () => {
    await using started = startWorld()
    started.world.node('a').faults.failNext({ reason: 'io', operation: 'makeDirectory', pathIncludes: '/one' })
    await using locks = await lockDirectories(started.ports.disk, ['/one', '/two'], silentLogger)
    expect(locks.paths).toEqual(['/two'])
  })

  it('says of each directory why, where none is left', async () => {
    await using started = startWorld()
    for (const pathIncludes of ['/one', '/two']) started.world.node('a').faults.failNext({ reason: 'io', operation: 'makeDirectory', pathIncludes })
    await expect(lockDirectories(started.ports.disk, ['/one', '/two'], silentLogger)).rejects.toMatchObject({
      code: 'NO_LOG_DIRECTORY',
      message: expect.stringMatching(/^None of the log directories can be used\. .*\/one.*\. .*\/two/),
    })
  })
})

it('holds no more files open than it may, over thousands of logs', async () => {
  await using started = startWorld()
  const { manager } = await open(started.ports, {}, { maxOpenFiles: 10 })
  for (let partition = 0; partition < 200; partition++) append(await manager.getOrCreateLog(log('many', partition)), dataBatch())
  for (const found of manager.logs) expect(await baseOffsets(found)).toEqual([0])
  await manager.shutdown(1)
  expect([...(await open(started.ports)).manager.logs].every((found) => found.logEndOffset === 1)).toBe(true)
})
