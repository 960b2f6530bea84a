import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startNode } from '../../../src/index.ts'
import { connectedProducer, messages, reader } from './client.ts'

let scratch: string

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'odradek-memory-'))
  vi.stubEnv('TMPDIR', scratch)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(scratch, { recursive: true, force: true })
})

describe('a node in memory', () => {
  test('serves as others do, and writes nothing to disk', async () => {
    await using node = await startNode({ storage: 'memory', topics: ['orders:3'], config: { 'odradek.open.files.max': 16 } })
    const producer = await connectedProducer(node)
    for (let round = 0; round < 20; round++)
      await producer.send({ topic: 'orders', messages: messages(...Array.from({ length: 20 }, (_, index) => `${round}-${index}`)) })
    const { consumer, values } = await reader(node, 'billing', 'orders')
    await node.untilGroup('billing', { stable: true, lag: 0 })
    expect(new Set(values).size).toBe(400)
    await node.reset()
    await expect(node.untilRecords('orders', 1, { timeoutMs: 1 })).rejects.toThrow()
    await Promise.all([consumer.disconnect(), producer.disconnect()])
    expect(readdirSync(scratch)).toEqual([])
  })

  test('moves its clock like others', async () => {
    await using node = await startNode({ storage: 'memory', clock: 'manual', topics: [{ name: 'orders', configs: { 'retention.ms': '1000' } }] })
    const producer = await connectedProducer(node)
    await producer.send({ topic: 'orders', messages: messages('a') })
    await node.advance(3_600_000)
    await expect(node.untilRecords('orders', 1, { timeoutMs: 1 })).rejects.toThrow('it has 0.')
    await producer.disconnect()
  })

  test('cannot keep anything', async () => {
    await expect(startNode({ storage: 'memory', dataDirectory: '/nowhere' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })
})
