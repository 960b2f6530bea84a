import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tellMetricsEndpoint, toldMetricsEndpoint } from '../../../../src/cli/health/metrics-file.ts'
import { type LogFields, silentLogger } from '../../../../src/telemetry/logger.ts'

let directory: string
let file: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'odradek-metrics-'))
  file = join(directory, 'metrics')
})
afterEach(() => rm(directory, { recursive: true }))

test.each([
  [
    { host: '127.0.0.2', port: 9500 },
    { host: '127.0.0.2', port: 9500 },
  ],
  [
    { host: '::1', port: 9404 },
    { host: '::1', port: 9404 },
  ],
  [
    { host: '', port: 9404 },
    { host: '127.0.0.1', port: 9404 },
  ],
  [
    { host: '0.0.0.0', port: 1 },
    { host: '127.0.0.1', port: 1 },
  ],
  [null, 'none'],
])('what a node tells of %j is where it may be asked: %j', (at, told) => {
  tellMetricsEndpoint(at, silentLogger, file)
  expect(toldMetricsEndpoint(file)).toEqual(told)
})

test.each(['', 'half', 'localhost 9404', 'localhost 123456\n', 'a b 9404\n'])('of a file that says %j nobody is told', async (content) => {
  await writeFile(file, content)
  expect(toldMetricsEndpoint(file)).toBeNull()
})

test('without a file, or where it cannot be read or written, nobody is told', () => {
  const warned: unknown[] = []
  const logger = { ...silentLogger, warn: (_message: string, fields?: LogFields) => warned.push(fields?.file) }
  tellMetricsEndpoint(null, logger, '')
  tellMetricsEndpoint(null, logger, directory)
  tellMetricsEndpoint(null, logger, join(file, 'below'))
  expect(warned).toEqual([directory, join(file, 'below')])
  for (const name of ['', directory, file]) expect(toldMetricsEndpoint(name)).toBeNull()
})
