import { readFile } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import type { MetricSheet, MetricTable } from '../../telemetry/metrics.ts'
import { RateWindow } from '../../telemetry/rate-window.ts'
import { nodeClock } from '../time/node-clock.ts'

const WINDOW_MS = 60_000
/** What the process had the devices read and write. Linux alone has it. */
const IO_FILE = '/proc/self/io'

export interface ProcessFacts {
  /** The share of time for which the event loop had work, from 0 to 1. */
  readonly utilization: number
  /** null where the system does not say. */
  readonly readBytes: number | null
  readonly writtenBytes: number | null
}

/** What this process tells beside the default metrics of prom-client; the same for all nodes in it. */
export const processSheet: MetricSheet<ProcessFacts> = {
  labels: [],
  metrics: [
    {
      name: 'event_loop_utilization',
      type: 'gauge',
      help: 'Share of time for which the event loop had work, from 0 to 1, over the last minute.',
      read: ({ utilization }) => utilization,
    },
    {
      name: 'disk_read_bytes_total',
      type: 'counter',
      help: 'Bytes that the process had read from devices, as the system counts them.',
      read: ({ readBytes }) => readBytes,
    },
    {
      name: 'disk_write_bytes_total',
      type: 'counter',
      help: 'Bytes that the process had written to devices, as the system counts them.',
      read: ({ writtenBytes }) => writtenBytes,
    },
    {
      name: 'kafka_server_kafkaserver_linux_disk_read_bytes',
      type: 'gauge',
      help: 'As disk_read_bytes_total.',
      read: ({ readBytes }) => readBytes,
    },
    {
      name: 'kafka_server_kafkaserver_linux_disk_write_bytes',
      type: 'gauge',
      help: 'As disk_write_bytes_total.',
      read: ({ writtenBytes }) => writtenBytes,
    },
    {
      name: 'kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent',
      type: 'gauge',
      aliases: ['kafka_server_kafkarequesthandlerpool_requesthandleravgidlepercent_total'],
      help: 'Share of time for which the event loop, which handles all requests, had no work, from 0 to 1, over the last minute.',
      read: ({ utilization }) => 1 - utilization,
    },
    {
      name: 'kafka_network_socketserver_networkprocessoravgidle_percent',
      type: 'gauge',
      aliases: ['kafka_network_socketserver_networkprocessoravgidlepercent'],
      help: 'Share of time for which the event loop, which serves all connections, had no work, from 0 to 1, over the last minute.',
      read: ({ utilization }) => 1 - utilization,
    },
  ],
}

const activeMs = new RateWindow(nodeClock, WINDOW_MS, () => performance.eventLoopUtilization().active)
let deviceBytes: Pick<ProcessFacts, 'readBytes' | 'writtenBytes'> = { readBytes: null, writtenBytes: null }

export const processTable: MetricTable<ProcessFacts> = {
  ...processSheet,
  async prepare() {
    deviceBytes = await readDeviceBytes()
  },
  rows: () => [{ utilization: Math.min(1, activeMs.perSecond() / 1000), ...deviceBytes }],
  labelsOf: () => [],
}

async function readDeviceBytes(): Promise<typeof deviceBytes> {
  // Other systems have no such file, and a container may not show it.
  const text = await readFile(IO_FILE, 'utf8').catch(() => '')
  return { readBytes: figureIn(text, 'read_bytes'), writtenBytes: figureIn(text, 'write_bytes') }
}

function figureIn(text: string, name: string): number | null {
  const found = new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1]
  return found === undefined ? null : Number(found)
}
