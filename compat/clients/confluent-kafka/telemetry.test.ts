import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { IncrementalAlterConfigsApi } from '../../../protocol/messages/incremental-alter-configs.ts'
import { freePorts } from '../../../test/support/free-ports.ts'
import { parseExposition } from '../../../test/support/parse-exposition.ts'
import { RawClient } from '../../oracle/raw-client.ts'
import { runCommand } from '../../support/command.ts'
import { type OdradekProcess, startOdradek } from '../../support/odradek-process.ts'
import { pythonPackages, pythonProgram } from '../../support/python.ts'

const CLIENT_METRICS = 16
const SET = 0
const TIMEOUT_MS = 60_000

let odradek: OdradekProcess
let metricsPort: number
beforeAll(async () => {
  const [port = 0] = await freePorts(1)
  metricsPort = port
  odradek = await startOdradek({ settings: { 'metrics.port': port, 'metrics.host': '127.0.0.1' } })
})
afterAll(() => odradek?.[Symbol.asyncDispose]())

async function subscribe(settings: Readonly<Record<string, string>>): Promise<void> {
  await using client = await RawClient.open(odradek.bootstrap)
  const configs = Object.entries(settings).map(([name, value]) => ({ name, configOperation: SET, value }))
  await client.ask(IncrementalAlterConfigsApi, 1, { resources: [{ resourceType: CLIENT_METRICS, resourceName: 'all', configs }], validateOnly: false })
}

async function shown() {
  return parseExposition(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text())
}

/** Clients by their ids, of which a figure of this kind is shown. */
async function clientsOf(prefix: string): Promise<readonly string[]> {
  const families = [...(await shown())].filter(([name]) => name.startsWith(prefix))
  return [...new Set(families.flatMap(([, { samples }]) => samples.map(({ labels }) => labels.client_id ?? '')))].sort()
}

test('librdkafka pushes its own metrics where a subscription asks for them, and they are shown', { timeout: TIMEOUT_MS }, async () => {
  await subscribe({ metrics: '*', 'interval.ms': '1000', match: 'client_software_name=confluent-kafka-python' })
  const { command, env } = pythonProgram(join(import.meta.dirname, 'pushing.py'), [await pythonPackages(join(import.meta.dirname, 'requirements.txt'))])
  const [file, program] = command
  const pushing = await runCommand(file, [program, odradek.bootstrap], { timeoutMs: TIMEOUT_MS, env })
  expect(pushing.exit, pushing.stderr).toBe(0)
  expect(await clientsOf('kafka_client_producer_')).toEqual(['pushing-producer'])
  expect(await clientsOf('kafka_client_consumer_')).toEqual(['pushing-consumer'])
  const families = await shown()
  expect(families.get('client_telemetry_unreadable_total')?.samples[0]?.value).toBe(0)
  expect(families.get('client_telemetry_dropped_total')?.samples[0]?.value).toBe(0)
})
