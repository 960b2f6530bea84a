import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HeartbeatApi } from '../../protocol/messages/heartbeat.ts'
import { InvariantError } from '../../src/base/assert.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { handlers } from '../../src/handlers/registry.ts'
import type { NodeOptions } from '../../src/node/node-options.ts'
import { startNode } from '../../src/node/start-node.ts'
import { nodePorts } from '../../src/platform/node-ports.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { heartbeat } from '../unit/server/harness.ts'

let data: string

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'odradek-failing-'))
})

afterEach(() => rmSync(data, { recursive: true, force: true }))

function options(more: Pick<NodeOptions, 'handlers'> = {}): NodeOptions {
  const loaded = loadConfig({ profile: 'dev', startedAs: { freePorts: true }, assignments: [`log.dirs=${data}`] })
  return { ...loaded, ports: nodePorts(), logger: silentLogger, hostname: 'localhost', ...more }
}

function breakDown(): never {
  throw new InvariantError('the log end never goes back')
}

describe('a node whose invariant breaks', () => {
  test('stops, rejects `failed`, and leaves no marker of a clean shutdown', async () => {
    const node = await startNode(options({ handlers: handlers.map((handler) => (handler.api === HeartbeatApi ? { ...handler, handle: breakDown } : handler)) }))
    connect(node.listeners[0]?.at.port ?? 0, '127.0.0.1')
      .on('error', () => {})
      .write(heartbeat(1))
    await expect(node.failed).rejects.toThrow('the log end never goes back')
    expect(readdirSync(data)).not.toContain('.kafka_cleanshutdown')
    // What is on disk is looked at, not trusted, and is fine.
    await using again = await startNode(options())
    expect(again.clusterId).toBe(node.clusterId)
  })
})
