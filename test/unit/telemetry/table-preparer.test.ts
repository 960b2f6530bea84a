import { beforeEach, describe, expect, test } from 'vitest'
import { type Deferred, deferred } from '../../../src/base/deferred.ts'
import { OdradekError } from '../../../src/base/errors.ts'
import { ManualTime } from '../../../src/platform/time/manual-time.ts'
import { type LogFields, silentLogger } from '../../../src/telemetry/logger.ts'
import type { MetricTable } from '../../../src/telemetry/metrics.ts'
import { PREPARE_MS, TablePreparer } from '../../../src/telemetry/table-preparer.ts'

let time: ManualTime
let said: unknown[]
let preparer: TablePreparer

beforeEach(() => {
  time = new ManualTime(0)
  said = []
  preparer = new TablePreparer(time, { ...silentLogger, warn: (_message: string, fields?: LogFields) => said.push(fields?.first) })
})

function table(name: string, prepare?: () => Promise<void>): MetricTable<number> {
  const metrics = [{ name, type: 'gauge' as const, help: 'A number.', read: (row: number) => row }]
  return { labels: [], metrics, rows: () => [1], labelsOf: () => [], ...(prepare === undefined ? {} : { prepare }) }
}

/** Those that could be read. */
async function read(...tables: readonly MetricTable<number>[]): Promise<(string | undefined)[]> {
  return (await preparer.ready(tables)).map(({ metrics }) => metrics[0]?.name)
}

describe('tables that must look something up', () => {
  test('are awaited, all at the same time', async () => {
    const looked: string[] = []
    const names = await read(
      table('a', async () => void looked.push('a')),
      table('b'),
      table('c', async () => void looked.push('c')),
    )
    expect([names, looked, preparer.leftOutCount]).toEqual([['a', 'b', 'c'], ['a', 'c'], 0])
  })

  test('and hang are left out when their time is over, are not begun again, and hold up no later reading', async () => {
    const disk: Deferred<void> = deferred()
    let begun = 0
    const hanging = table('hangs', () => {
      begun += 1
      return disk.promise
    })
    const first = read(hanging, table('fine'))
    time.pass(PREPARE_MS)
    expect(await first).toEqual(['fine'])
    expect(await read(hanging, table('fine'))).toEqual(['fine'])
    expect([begun, preparer.leftOutCount, said]).toEqual([1, 2, ['hangs']])
    disk.resolve()
    await disk.promise
    await Promise.resolve()
    expect(await read(hanging)).toEqual(['hangs'])
    expect(begun).toBe(2)
  })

  test('and fail are left out; by a mistake of ours the reading fails', async () => {
    const failing = table('fails', () => Promise.reject(new OdradekError('DISK', 'no descriptor left to look')))
    expect(await read(failing, table('fine'))).toEqual(['fine'])
    expect([preparer.leftOutCount, said]).toEqual([1, ['fails']])
    await expect(read(table('broken', () => Promise.reject(new TypeError('a mistake'))))).rejects.toThrow('a mistake')
    expect(await read(table('fails', async () => undefined))).toEqual(['fails'])
  })

  test('by the same function are looked up together', async () => {
    let calls = 0
    const prepare = async () => {
      calls += 1
    }
    expect(await read(table('a', prepare), table('b', prepare))).toEqual(['a', 'b'])
    expect(calls).toBe(1)
    await read(table('a', prepare))
    expect(calls).toBe(2)
  })
})
