import { afterEach, expect, test } from 'vitest'
import { NetworkError } from '../../../../src/base/errors.ts'
import type { HttpServerOptions } from '../../../../src/base/http.ts'
import { loadConfig } from '../../../../src/config/load-config.ts'
import { openMetrics } from '../../../../src/node/health/open-metrics.ts'
import { NodeFailure } from '../../../../src/node/lifetime/node-failure.ts'
import { Teardown } from '../../../../src/node/lifetime/teardown.ts'
import { startHttpServer } from '../../../../src/platform/http/http-server.ts'
import { exposePrometheus } from '../../../../src/platform/metrics/prometheus.ts'
import { nodePorts } from '../../../../src/platform/node-ports.ts'
import { RequestStats } from '../../../../src/server/request-stats.ts'
import { type LogFields, type Logger, silentLogger } from '../../../../src/telemetry/logger.ts'

const DEFAULT_PORT = 9404
/** By what a test asks for any free port: the setting's 0 means none. */
const FREE_PORT = 65_000

let teardown = new Teardown(silentLogger)

afterEach(async () => {
  await teardown.run()
  teardown = new Teardown(silentLogger)
})

/** @param ports which port is opened in place of the one asked for */
async function open(settings: readonly string[], ports: Readonly<Record<number, number>> = { [FREE_PORT]: 0 }) {
  const warnings: string[] = []
  const asked: HttpServerOptions[] = []
  const logger: Logger = { ...silentLogger, warn: (message: string, fields?: LogFields) => warnings.push(`${message}: ${fields?.why}`) }
  const metricsPlatform = {
    startHttpServer: (options: HttpServerOptions) => {
      asked.push(options)
      return startHttpServer({ ...options, host: '127.0.0.1', port: ports[options.port] ?? options.port })
    },
    expose: exposePrometheus,
  }
  const loaded = loadConfig({ profile: 'dev', assignments: [...settings] })
  const failure = new NodeFailure(silentLogger)
  const node = { ...loaded, ports: nodePorts(), logger, hostname: 'here', metricsPlatform }
  const server = { connectionCount: 3, requestBytes: 10, replyBytes: 20, requests: new RequestStats(), listeners: [] }
  const opened = await openMetrics({ node, server, failure, teardown })
  const get = async (path: string, method = 'GET') => {
    const answer = await fetch(`http://127.0.0.1:${opened.at?.port}${path}`, { method })
    return { status: answer.status, text: await answer.text() }
  }
  return { ...opened, failure, warnings, asked, get }
}

test('the metrics of the node are served, with what its traffic is now', async () => {
  const { traffic, get } = await open([`metrics.port=${FREE_PORT}`])
  traffic.messagesIn += 12
  const { status, text } = await get('/metrics')
  expect(status).toBe(200)
  expect(text).toContain('\nmessages_in_total 12\n')
  expect(text).toContain('\nactive_connections 3\n')
  expect(text).toContain('\nrequest_bytes_in_flight 10\n')
})

test('how far a node is, is told as Kafka numbers it', async () => {
  const { health, get } = await open([`metrics.port=${FREE_PORT}`])
  const state = async () => /\nkafka_server_kafkaserver_brokerstate (\d+)\n/.exec((await get('/metrics')).text)?.[1]
  expect(await state()).toBe('1')
  health.becameReady()
  expect(await state()).toBe('3')
})

test('the capacity is told where it was set', async () => {
  const told = async (...settings: string[]) => (await (await open([`metrics.port=${FREE_PORT}`, ...settings])).get('/metrics')).text
  expect(await told()).not.toContain('bytes_in_capacity')
  expect(await told('metrics.capacity.bytes.in=50000000')).toContain('\nbytes_in_capacity 50000000\n')
})

test('a node is healthy while it starts, serves and stops, and ready while it serves', async () => {
  const { health, get } = await open([`metrics.port=${FREE_PORT}`])
  const both = async () => [await get('/healthz'), await get('/readyz')]
  const alive = (text: string) => ({ status: 200, text })
  const not = (text: string) => ({ status: 503, text })
  expect(await both()).toEqual([alive('starting\n'), not('starting\n')])
  health.becameReady()
  expect(await both()).toEqual([alive('ready\n'), alive('ready\n')])
  health.becameStopping()
  expect(await both()).toEqual([alive('stopping\n'), not('stopping\n')])
})

test('a node that failed is neither healthy nor ready', async () => {
  const { health, failure, get } = await open([`metrics.port=${FREE_PORT}`])
  health.becameReady()
  failure.report(new Error('a broken invariant'))
  expect(await get('/healthz')).toEqual({ status: 503, text: 'failed\n' })
  expect(await get('/readyz')).toEqual({ status: 503, text: 'failed\n' })
})

test('other paths and methods are refused', async () => {
  const { get } = await open([`metrics.port=${FREE_PORT}`])
  expect(await get('/')).toMatchObject({ status: 404, text: expect.stringContaining('/metrics') })
  expect(await get('/constructor')).toMatchObject({ status: 404 })
  expect(await get('/metrics', 'POST')).toMatchObject({ status: 405 })
  expect(await get('/healthz', 'HEAD')).toEqual({ status: 200, text: '' })
})

test('port 0 opens nothing', async () => {
  const { at, asked } = await open(['metrics.port=0'])
  expect([at, asked]).toEqual([null, []])
})

test('the host is that of the first listener, unless it was set', async () => {
  const hostOf = async (...settings: string[]) => (await open([`metrics.port=${FREE_PORT}`, ...settings])).asked[0]?.host
  expect(await hostOf()).toBe('localhost')
  expect(await hostOf('listeners=PLAINTEXT://:9092', 'advertised.listeners=PLAINTEXT://here:9092')).toBe('')
  expect(await hostOf('metrics.host=10.0.0.1')).toBe('10.0.0.1')
})

test('a default port that is taken is given up with a warning', async () => {
  const { at: taken } = await open([`metrics.port=${FREE_PORT}`])
  const { at, warnings } = await open([], { [DEFAULT_PORT]: taken?.port ?? 0 })
  expect(at).toBeNull()
  expect(warnings).toEqual([expect.stringMatching(/metrics are not served.*another program listens there/)])
})

test('a port that was set and is taken is refused, by the name of the setting', async () => {
  const { at: taken } = await open([`metrics.port=${FREE_PORT}`])
  const error = await open([`metrics.port=${DEFAULT_PORT}`], { [DEFAULT_PORT]: taken?.port ?? 0 }).catch((failure) => failure)
  expect(error).toBeInstanceOf(NetworkError)
  expect(error.message).toMatch(/^metrics\.port: Listening on .* failed: another program listens there/)
})
