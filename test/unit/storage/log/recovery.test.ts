import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batches } from '../../../../protocol/records/batch.ts'
import type { Ports } from '../../../../src/base/ports.ts'
import { makeDurableDirectory } from '../../../../src/storage/directory/durable-directory.ts'
import { writeWhole } from '../../../../src/storage/files/read-whole.ts'
import { World } from '../../../support/world/world.ts'
import { append, baseOffsets, dataBatch, fileNames, LOG_DIRECTORY, markerBatch, NOW_MS, openTestLog, readAll, startWorld } from '../support.ts'

const SMALL = { segmentBytes: 400, indexIntervalBytes: 60 }
const KAFKAS = new URL('../../../fixtures/storage/kafka-4.3.1-transactions-0/', import.meta.url)

/** A log of several segments with all that recovery makes anew. */
async function fill(ports: Ports): Promise<Buffer[]> {
  const log = await openTestLog(ports, { config: SMALL })
  for (let index = 0; index < 12; index++)
    append(log, dataBatch({ count: 1 + (index % 3), timestamp: NOW_MS + index, producer: { id: index % 2, sequence: sequenceOf(index) } }), {
      leaderEpoch: index >> 2,
    })
  append(log, dataBatch({ isTransactional: true, producer: { id: 9, sequence: 0 } }), { leaderEpoch: 3 })
  append(log, markerBatch({ producerId: 9, isAbort: true }), { origin: 'coordinator', transactionVersion: 1, leaderEpoch: 3 })
  append(log, dataBatch({ isTransactional: true, producer: { id: 8, sequence: 0 } }), { leaderEpoch: 3 })
  const stored = await readAll(log)
  await log.close()
  return stored
}

/** Of producers 0 and 1, who write in turn batches of 1, 2, 3, 1, 2, 3 … records. */
function sequenceOf(index: number): number {
  let sequence = 0
  for (let earlier = index % 2; earlier < index; earlier += 2) sequence += 1 + (earlier % 3)
  return sequence
}

async function content(ports: Ports, name: string): Promise<Buffer> {
  return (await ports.disk.readFile(`${LOG_DIRECTORY}/${name}`)) ?? Buffer.alloc(0)
}

async function contents(ports: Ports, suffixes: readonly string[]): Promise<Record<string, string>> {
  const names = (await fileNames(ports)).filter((name) => suffixes.some((suffix) => name.endsWith(suffix)))
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, (await content(ports, name)).toString('hex')] as const)))
}

describe('recovery', () => {
  it('makes indexes anew to the byte when they are gone', async () => {
    await using started = startWorld()
    const { ports } = started
    await fill(ports)
    const suffixes = ['.index', '.timeindex', '.txnindex']
    const before = await contents(ports, suffixes)
    for (const name of Object.keys(before)) await ports.disk.removeFile(`${LOG_DIRECTORY}/${name}`)
    const log = await openTestLog(ports, { config: SMALL })
    await log.close()
    expect(await contents(ports, suffixes)).toEqual(before)
  })

  it('finds producers, open transactions and epochs in the batches', async () => {
    await using started = startWorld()
    const { ports } = started
    await fill(ports)
    for (const name of await fileNames(ports)) if (!name.endsWith('.log')) await ports.disk.removeFile(`${LOG_DIRECTORY}/${name}`)
    const log = await openTestLog(ports, { config: SMALL })
    const open = log.activeProducers().find((producer) => producer.producerId === 8)
    expect(open?.currentTransactionStartOffset).toBe(log.logEndOffset - 1)
    expect(
      log
        .activeProducers()
        .map((producer) => producer.producerId)
        .sort(),
    ).toEqual([0, 1, 8, 9])
    expect([0, 1, 2, 3].map((epoch) => log.endOffsetForEpoch(epoch)?.endOffset)).toEqual([7, 15, 24, log.logEndOffset])
    expect(append(log, dataBatch({ producer: { id: 0, sequence: sequenceOf(12) } })).firstOffset).toBe(log.logEndOffset - 1)
  })

  it('ends the log before the first damaged batch and removes what follows', async () => {
    await using started = startWorld()
    const { ports } = started
    const stored = await fill(ports)
    const names = (await fileNames(ports)).filter((name) => name.endsWith('.log'))
    const second = await content(ports, names[1] as string)
    second[second.length - 1] = (second.at(-1) as number) ^ 1
    writeWhole(ports.disk, `${LOG_DIRECTORY}/${names[1]}`, second)
    const log = await openTestLog(ports, { config: SMALL })
    const kept = await readAll(log)
    expect(kept).toEqual(stored.slice(0, kept.length))
    expect(kept.length).toBeGreaterThan(0)
    expect(log.segmentCount).toBe(2)
    expect((await fileNames(ports)).filter((name) => name.endsWith('.log'))).toEqual(names.slice(0, 2))
  })

  it('does not read below the recovery point', async () => {
    await using started = startWorld()
    const { ports } = started
    const stored = await fill(ports)
    const names = (await fileNames(ports)).filter((name) => name.endsWith('.log'))
    const first = await content(ports, names[0] as string)
    first[first.length - 1] = (first.at(-1) as number) ^ 1
    writeWhole(ports.disk, `${LOG_DIRECTORY}/${names[0]}`, first)
    const recoveryPoint = Number.parseInt(names[1] as string, 10)
    const log = await openTestLog(ports, { config: SMALL, recoveryPoint })
    expect(await readAll(log)).toHaveLength(stored.length)
  })

  it('does not take a batch twice, nor one numbered backwards', async () => {
    await using started = startWorld()
    const { ports } = started
    const stored = await fill(ports)
    const twice = Buffer.concat([stored[0] as Buffer, stored[1] as Buffer, stored[0] as Buffer, stored[1] as Buffer])
    await ports.disk.removeDirectory(LOG_DIRECTORY)
    await ports.disk.makeDirectory(LOG_DIRECTORY)
    writeWhole(ports.disk, `${LOG_DIRECTORY}/00000000000000000000.log`, twice)
    const log = await openTestLog(ports)
    expect(await readAll(log)).toEqual(stored.slice(0, 2))
  })

  it('starts over at the log start when the files end before it', async () => {
    await using started = startWorld()
    await fill(started.ports)
    const log = await openTestLog(started.ports, { config: SMALL, logStartOffset: 1000 })
    expect(log).toMatchObject({ logStartOffset: 1000, logEndOffset: 1000, latestEpoch: null })
    expect(append(log, dataBatch()).firstOffset).toBe(1000)
  })

  it('passes over a damaged producer snapshot', async () => {
    await using started = startWorld()
    const { ports } = started
    const stored = await fill(ports)
    const reference = await openTestLog(ports, { config: SMALL })
    const producers = reference.activeProducers()
    await reference.close()
    for (const name of await fileNames(ports)) if (name.endsWith('.snapshot')) writeWhole(ports.disk, `${LOG_DIRECTORY}/${name}`, Buffer.from('damaged'))
    const log = await openTestLog(ports, { config: SMALL, recoveryPoint: reference.logEndOffset })
    const byId = (a: { producerId: number }, b: { producerId: number }) => a.producerId - b.producerId
    expect([...log.activeProducers()].sort(byId)).toEqual([...producers].sort(byId))
    expect(await readAll(log)).toEqual(stored)
  })

  it('removes what a removal left behind, and index files without a log file', async () => {
    await using started = startWorld()
    const { ports } = started
    await fill(ports)
    for (const name of ['00000000000000000000.log.deleted', '00000000000000000777.index', '00000000000000000777.txnindex']) {
      writeWhole(ports.disk, `${LOG_DIRECTORY}/${name}`, Buffer.from('x'))
    }
    await openTestLog(ports, { config: SMALL })
    expect((await fileNames(ports)).filter((name) => name.includes('777') || name.endsWith('.deleted'))).toEqual([])
  })

  it('puts a finished compaction in place and drops one that was not', async () => {
    await using started = startWorld()
    const { ports } = started
    const stored = await fill(ports)
    const names = (await fileNames(ports)).filter((name) => name.endsWith('.log'))
    const firstTwo = Buffer.concat([await content(ports, names[0] as string), await content(ports, names[1] as string)])
    writeWhole(ports.disk, `${LOG_DIRECTORY}/00000000000000000000.log.swap`, firstTwo)
    writeWhole(ports.disk, `${LOG_DIRECTORY}/00000000000000000000.index.swap`, Buffer.alloc(0))
    writeWhole(ports.disk, `${LOG_DIRECTORY}/00000000000000000500.log.cleaned`, Buffer.from('half'))
    const log = await openTestLog(ports, { config: SMALL })
    expect(await readAll(log)).toEqual(stored)
    expect((await fileNames(ports)).filter((name) => name.endsWith('.log'))).toEqual([names[0], ...names.slice(2)])
  })

  /** Offset and epoch of a batch are not under its CRC: damage there cannot be told from a compacted log. */
  const underCrc = (batch: Buffer) => batch.subarray(16)

  it('of any bytes in any file gives a sound beginning of the log that takes appends', async () => {
    const change = fc.record({
      file: fc.nat(),
      kind: fc.constantFrom('flip', 'cut', 'extend', 'replace'),
      at: fc.nat(),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 80 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        await using started = startWorld()
        const { ports } = started
        const stored = await fill(ports)
        const names = await fileNames(ports)
        for (const { file, kind, at, bytes } of changes) {
          const name = names[file % names.length] as string
          writeWhole(ports.disk, `${LOG_DIRECTORY}/${name}`, changed(await content(ports, name), kind, at, Buffer.from(bytes)))
        }
        const log = await openTestLog(ports, { config: SMALL })
        const kept = await readAll(log)
        expect(kept.map(underCrc)).toEqual(stored.slice(0, kept.length).map(underCrc))
        expect(append(log, dataBatch()).firstOffset).toBe(log.logEndOffset - 1)
        await log.close()
        const again = await openTestLog(ports, { config: SMALL })
        expect(await baseOffsets(again)).toHaveLength(kept.length + 1)
      }),
      { numRuns: 40 },
    )
  })
})

function changed(content: Buffer, kind: string, at: number, bytes: Buffer): Buffer {
  const place = content.length === 0 ? 0 : at % content.length
  if (kind === 'cut') return content.subarray(0, place)
  if (kind === 'extend') return Buffer.concat([content, bytes])
  if (kind === 'replace') return bytes
  const flipped = Buffer.from(content)
  if (flipped.length > 0) flipped[place] = (flipped[place] as number) ^ (bytes[0] as number)
  return flipped
}

describe('a directory that Kafka wrote', () => {
  const names = readdirSync(KAFKAS)
  const kafkas = (name: string) => readFileSync(new URL(name, KAFKAS))

  it('is read as it is', async () => {
    await using started = startWorld()
    const { ports } = started
    await ports.disk.makeDirectory(LOG_DIRECTORY)
    for (const name of names) writeWhole(ports.disk, `${LOG_DIRECTORY}/${name}`, kafkas(name))
    const log = await openTestLog(ports, { recoveryPoint: 441 })
    log.updateHighWatermark(441)
    expect(log).toMatchObject({ logEndOffset: 441, lastStableOffset: 440, latestEpoch: 0 })
    const read = await log.readAsync(0, { maxBytes: 1_000_000, minOneBatch: true, upTo: 'last-stable' })
    expect(read.kind === 'read' && read.abortedTransactions?.length).toBe(14)
  })

  it('is made again to the byte from its batches alone', async () => {
    await using started = startWorld()
    const { ports } = started
    const log = await openTestLog(ports)
    for (const batch of batches(kafkas('00000000000000000000.log'))) {
      expect(log.appendAsFollower(Buffer.from(batch.bytes), { leaderEpoch: 0, nowMs: NOW_MS }).kind).toBe('appended')
    }
    log.updateHighWatermark(log.logEndOffset)
    await log.close()
    for (const name of names.filter((file) => file !== 'partition.metadata')) expect([name, await content(ports, name)]).toEqual([name, kafkas(name)])
  })
})

describe('recovery and the loss of power behind it', () => {
  const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1)

  /** The log directory is there for good: formatting sees to that. */
  async function mounted(seed: number): Promise<World> {
    const world = new World({ seed })
    await world.complete(makeDurableDirectory('/data', world.node('a').ports.disk))
    return world
  }

  it('with flush.messages of 1, what a killed process left is flushed before anybody sees it', async () => {
    for (const seed of SEEDS) {
      const world = await mounted(seed)
      const options = { config: { flushMessages: 1 } }
      const first = await world.complete(openTestLog(world.node('a').ports, options))
      append(first, dataBatch())
      await world.complete(first.flush())
      append(first, dataBatch({ count: 2 }))
      world.crash('a', 'process')
      expect((await world.complete(openTestLog(world.restart('a'), options))).logEndOffset).toBe(3)
      world.crash('a', 'power')
      expect((await world.complete(openTestLog(world.restart('a'), options))).logEndOffset).toBe(3)
    }
  })

  it('what nobody asked to be flushed is not', async () => {
    await using started = startWorld()
    const first = await openTestLog(started.ports)
    append(first, dataBatch())
    first.closeFiles()
    expect((await openTestLog(started.ports)).recoveryPoint).toBe(0)
  })

  it('segments that recovery removed stay away', async () => {
    for (const seed of SEEDS) {
      const world = await mounted(seed)
      const { disk } = world.node('a').ports
      await world.complete(fill(world.node('a').ports))
      const [first] = (await world.complete(fileNames(world.node('a').ports))).filter((name) => name.endsWith('.log'))
      const file = await world.complete(disk.open(`${LOG_DIRECTORY}/${first}`, 'write'))
      file.truncate(file.sizeBytes() - 1)
      world.crash('a', 'process')
      await world.complete(openTestLog(world.restart('a'), { config: SMALL }))
      world.crash('a', 'power')
      const left = await world.complete(fileNames(world.restart('a')))
      expect(left.filter((name) => name.endsWith('.log'))).toEqual([first])
    }
  })

  it('committed readers are told of aborted transactions, also where a flushed segment was finished and nothing flushed since', async () => {
    for (const seed of SEEDS) {
      const world = await mounted(seed)
      const log = await world.complete(openTestLog(world.node('a').ports))
      append(log, dataBatch({ isTransactional: true, producer: { id: 9, sequence: 0 } }))
      append(log, markerBatch({ producerId: 9, isAbort: true }), { origin: 'coordinator', transactionVersion: 1 })
      await world.complete(log.flush())
      const { recoveryStart } = log
      log.roll()
      world.crash('a', 'power')
      const again = await world.complete(openTestLog(world.restart('a'), { recoveryPoint: recoveryStart }))
      again.updateHighWatermark(again.logEndOffset)
      const read = await world.complete(again.readAsync(0, { maxBytes: 1000, minOneBatch: true, upTo: 'last-stable' }))
      expect(read).toMatchObject({ kind: 'read', abortedTransactions: [{ producerId: 9, firstOffset: 0 }] })
    }
  })

  it('segments that truncation cut stay away', async () => {
    for (const seed of SEEDS) {
      const world = await mounted(seed)
      const log = await world.complete(openTestLog(world.node('a').ports, { config: SMALL }))
      for (let index = 0; index < 12; index++) append(log, dataBatch())
      await world.complete(log.flush())
      await world.complete(log.truncateTo(1))
      world.crash('a', 'power')
      const left = await world.complete(fileNames(world.restart('a')))
      expect(left.filter((name) => name.endsWith('.log'))).toHaveLength(1)
    }
  })
})
