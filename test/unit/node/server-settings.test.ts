import { expect, test } from 'vitest'
import { loadConfig } from '../../../src/config/load-config.ts'
import { serverSettings } from '../../../src/node/server-settings.ts'
import { DEFAULT_SERVER_SETTINGS } from '../../../src/server/settings.ts'

test.each([
  ['-1', DEFAULT_SERVER_SETTINGS.requestMemoryBytes],
  ['0', DEFAULT_SERVER_SETTINGS.requestMemoryBytes],
  ['209715200', 209_715_200],
])('queued.max.request.bytes=%s bounds the memory of requests: what Kafka takes as no limit is the built-in one', (given, bytes) => {
  const { config } = loadConfig({ profile: 'dev', assignments: [`queued.max.request.bytes=${given}`] })
  expect(serverSettings(config).requestMemoryBytes).toBe(bytes)
})
