import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../../test/support/free-ports.ts'
import { spawnKafka } from './kafka-process.ts'
import type { Settings } from './properties-file.ts'

export interface OracleOptions {
  /** Settings over those below, by Kafka's names; null takes one of those away. */
  readonly properties?: Settings
  /** Kept when the node is disposed, and used again (not formatted twice) by the next; a temporary one when not given. */
  readonly directory?: string
  /** The directory is formatted already, by someone else. */
  readonly isFormatted?: boolean
  /** Further arguments of `StorageTool format`, such as `--feature`, `--add-scram`. */
  readonly formatArguments?: readonly string[]
  readonly clusterId?: string
  /** Of the broker and of the controller; free ones when not given. */
  readonly ports?: readonly [number, number]
  readonly logLevel?: 'error' | 'warn' | 'info' | 'debug'
}

/** A running Apache Kafka, broker and controller in one. Disposing kills it (SIGKILL) and removes its temporary directory. */
export interface OracleNode extends AsyncDisposable {
  readonly host: '127.0.0.1'
  readonly port: number
  readonly controllerPort: number
  /** `127.0.0.1:<port>`, for `--bootstrap-server`. */
  readonly bootstrap: string
  readonly pid: number
  readonly directory: string
  /** Its `log.dirs`, with the partitions' directories. */
  readonly dataDirectory: string
  /** SIGTERM, then waits for the controlled shutdown (at most 30 s). The directory stays until disposal. */
  stop(): Promise<void>
  /** SIGKILL; resolves when the process is gone. The directory stays until disposal. */
  kill(): Promise<void>
  /** What it logged so far. */
  log(): Promise<string>
}

export const ORACLE_CLUSTER_ID = '4L6g3nShT-eMCtK--X86sw'
/**
 * Formats (when new) and starts a real Apache Kafka on free loopback ports with a 512 MB heap.
 * Resolves when it answers requests. It ends by itself when the process that started it ends, however that ends.
 */
export async function startOracle(options: OracleOptions = {}): Promise<OracleNode> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'odradek-oracle-')))
  const [port = 0, controllerPort = 0] = options.ports ?? (await freePorts(2))
  const settings = { ...defaultSettings(directory, port, controllerPort), ...options.properties }
  await using starting = new AsyncDisposableStack()
  if (options.directory === undefined) starting.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }))
  const kafka = starting.use(await spawnKafka({ clusterId: ORACLE_CLUSTER_ID, ...options, directory, settings, readyPort: port }))
  await kafka.ready()
  const owned = starting.move()
  return {
    host: '127.0.0.1',
    port,
    controllerPort,
    bootstrap: `127.0.0.1:${port}`,
    pid: kafka.pid,
    directory,
    dataDirectory: join(directory, 'data'),
    stop: () => kafka.stop(),
    kill: () => kafka.kill(),
    log: () => kafka.log(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function defaultSettings(directory: string, port: number, controllerPort: number): Record<string, string | number> {
  return {
    'node.id': 1,
    'process.roles': 'broker,controller',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
    'log.dirs': join(directory, 'data'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 5,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 5,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 5,
    'group.initial.rebalance.delay.ms': 0,
  }
}
