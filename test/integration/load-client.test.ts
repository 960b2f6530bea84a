import { afterAll, beforeAll, expect, test } from 'vitest'
import { LoadClient } from '../../bench/capacity/load/load-client.ts'
import { type Node, startNode } from '../../src/index.ts'

const RECORDS_PER_BATCH = 3

let node: Node

beforeAll(async () => {
  node = await startNode({
    topics: [
      { name: 'one', partitions: 1 },
      { name: 'several', partitions: 4 },
    ],
  })
})
afterAll(() => node?.stop())

function open(topics: readonly { readonly name: string; readonly partitions: number }[], connections: number): Promise<LoadClient> {
  return LoadClient.open({ ports: [node.port], topics, connections, recordBytes: 10, recordsPerBatch: RECORDS_PER_BATCH })
}

// What is said of a broker's capacity rests on these counts.
test('what it says it produced and consumed is what the broker has', async () => {
  await using client = await open([{ name: 'one', partitions: 1 }], 4)
  const { waitsMs } = await client.produce(0)
  const records = waitsMs.length * RECORDS_PER_BATCH
  expect(await node.untilRecords('one', records)).toBe(records)
  // Two fetches at the same time, each of all that there is.
  const consumed = await client.consume(0)
  expect(consumed.waitsMs.length).toBe(2)
  expect(consumed.records).toBe(2 * records)
})

test('it writes to all partitions by turns, and reads them again and again', async () => {
  await using client = await open([{ name: 'several', partitions: 4 }], 1)
  const { waitsMs } = await client.produce(20, 400)
  expect(waitsMs.length).toBe(8)
  for (const partition of [0, 1, 2, 3]) expect(await node.untilRecords('several', 2 * RECORDS_PER_BATCH, { partition })).toBe(2 * RECORDS_PER_BATCH)
  const consumed = await client.consume(20)
  expect(consumed.records).toBe(consumed.waitsMs.length * 8 * RECORDS_PER_BATCH)
})
