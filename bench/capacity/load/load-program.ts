/** The process that puts on the load, apart from the one that measures, so that its processor time can be told. Ends with its parent. */
import { type Driven, quantile } from './drive.ts'
import { LoadClient } from './load-client.ts'
import type { LoadAnswer, LoadOrder, LoadReply } from './load-plan.ts'

const NOTHING: LoadReply = { records: 0, requests: 0, seconds: 0, p50Ms: 0, p99Ms: 0 }

let opened: { readonly client: LoadClient; readonly recordsPerBatch: number } | null = null

process.on('message', (order: LoadOrder) => {
  perform(order).then(
    (reply) => answer({ kind: 'done', reply }),
    (error: Error) => answer({ kind: 'failed', message: error.message }),
  )
})
process.on('disconnect', () => process.exit(0))

async function perform(order: LoadOrder): Promise<LoadReply> {
  if (order.kind === 'open') {
    opened = { client: await LoadClient.open(order.plan), recordsPerBatch: order.plan.recordsPerBatch }
    return NOTHING
  }
  if (opened === null) throw new Error('nothing is open')
  const { client, recordsPerBatch } = opened
  if (order.kind === 'consume') {
    const consumed = await client.consume(order.durationMs)
    return reply(consumed, consumed.records)
  }
  const produced = await client.produce(order.durationMs, order.ratePerSecond)
  return reply(produced, produced.waitsMs.length * recordsPerBatch)
}

function reply({ waitsMs, seconds }: Driven, records: number): LoadReply {
  return { records, requests: waitsMs.length, seconds, p50Ms: quantile(waitsMs, 0.5), p99Ms: quantile(waitsMs, 0.99) }
}

function answer(message: LoadAnswer): void {
  process.send?.(message)
}
