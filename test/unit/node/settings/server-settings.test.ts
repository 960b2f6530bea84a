import { expect, test } from 'vitest'
import { loadConfig } from '../../../../src/config/load-config.ts'
import { serverSettings } from '../../../../src/node/settings/server-settings.ts'
import { DEFAULT_SERVER_SETTINGS } from '../../../../src/server/settings.ts'

test.each([
  ['-1', DEFAULT_SERVER_SETTINGS.requestMemoryBytes],
  ['0', DEFAULT_SERVER_SETTINGS.requestMemoryBytes],
  ['209715200', 209_715_200],
])('queued.max.request.bytes=%s bounds the memory of requests: what Kafka takes as no limit is the built-in one', (given, bytes) => {
  const { config } = loadConfig({ profile: 'dev', assignments: [`queued.max.request.bytes=${given}`] })
  expect(serverSettings(config, 1024).requestMemoryBytes).toBe(bytes)
})

test.each([
  ['a small limit is shared with log files', 1024, 448],
  ['log files take no more of a large one than they may', 20_000, 18_936],
  ['a tiny one leaves room for a few clients', 100, 16],
  ['no limit is none', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
])('connections are bounded by descriptors: %s', (_, limit, sockets) => {
  const { config } = loadConfig({ profile: 'dev', assignments: [] })
  expect(serverSettings(config, limit).maxSockets).toBe(sockets)
})
