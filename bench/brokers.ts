import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { answersApiVersions } from '../compat/support/answers-api-versions.ts'
import { jdkProgram, kafkaJars } from '../compat/support/jars.ts'
import { runJavaProcess } from '../compat/support/java-tools.ts'
import { ORACLE_CLUSTER_ID } from '../compat/support/oracle-node.ts'
import { propertiesText } from '../compat/support/properties-file.ts'
import { freePorts } from '../test/support/free-ports.ts'
import { JVM_OPTIONS } from './jvm-options.ts'

export type BrokerKind = 'kafka' | 'odradek'

export interface BenchBroker extends AsyncDisposable {
  readonly kind: BrokerKind
  readonly pid: number
  /** Its process alone. */
  readonly pids: readonly number[]
  readonly port: number
  readonly bootstrap: string
  /** From the start of the process to its first answer. Formatting a Kafka directory is not in it; ours formats itself, and it is. */
  readonly startMs: number
}

/** A broker whose directory outlives its process; a fresh one is running already. */
export interface KeptBroker extends BenchBroker {
  /** Resolves when the process is gone. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Once more after `stop`, on the same directory and port. Resolves with the first answer. */
  start(): Promise<void>
}

export interface BrokerOptions {
  /** Odradek's clients are sent there: to something that stands before it. */
  readonly advertisedPort?: number
  /** Of Odradek, beside those that it needs. */
  readonly settings?: Readonly<Record<string, string>>
}

export const ODRADEK = join(import.meta.dirname, '../bin/odradek')

/** Each as its users start it: Kafka with the heap that its start script sets, Odradek by its own program from the build. */
export async function startBroker(kind: BrokerKind, options: BrokerOptions = {}): Promise<KeptBroker> {
  const directory = await mkdtemp(join(tmpdir(), `odradek-bench-${kind}-`))
  const [port = 0, controllerPort = 0] = await freePorts(2)
  const command = kind === 'kafka' ? await kafkaCommand(directory, port, controllerPort) : odradekCommand(directory, controllerPort, { port, ...options })
  const startedMs = performance.now()
  let child = await launch(command, port)
  const startMs = performance.now() - startedMs
  return {
    kind,
    port,
    bootstrap: `127.0.0.1:${port}`,
    startMs,
    get pid() {
      return child.pid as number
    },
    get pids() {
      return [child.pid as number]
    },
    async start() {
      child = await launch(command, port)
    },
    stop: (signal) => end(child, signal),
    async [Symbol.asyncDispose]() {
      await end(child, 'SIGKILL')
      await rm(directory, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

async function launch(command: Command, port: number): Promise<ChildProcess> {
  const child = spawn(command.program, command.args, { stdio: 'ignore' })
  await answers(port, child)
  return child
}

export async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = new Promise((resolve) => child.once('close', resolve))
  child.kill(signal)
  await closed
}

/** What starts a node. */
export interface Command {
  readonly program: string
  readonly args: readonly string[]
}

function odradekCommand(
  directory: string,
  controllerPort: number,
  { port, advertisedPort = port, settings: more = {} }: BrokerOptions & { readonly port: number },
): Command {
  const settings = {
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${advertisedPort}`,
    'log.dirs': join(directory, 'data'),
    ...more,
  }
  const sets = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])
  return { program: process.execPath, args: [ODRADEK, 'start', '--profile', 'dev', ...sets] }
}

async function kafkaCommand(directory: string, port: number, controllerPort: number): Promise<Command> {
  const file = join(directory, 'server.properties')
  const settings = {
    'node.id': 1,
    'process.roles': 'broker,controller',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(directory, 'data'),
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
  }
  await writeFile(file, propertiesText(settings))
  return await kafkaNode(file)
}

/** Formats the directory that the file names, and gives the command that runs a node on it. */
export async function kafkaNode(file: string): Promise<Command> {
  const formatted = await runJavaProcess('kafka.tools.StorageTool', ['format', '-t', ORACLE_CLUSTER_ID, '-c', file])
  if (formatted.exit !== 0) throw new Error(`Apache Kafka's storage tool failed:\n${formatted.stdout}${formatted.stderr}`)
  const { classPath } = await kafkaJars()
  // What kafka-server-start.sh adds.
  return { program: jdkProgram('java'), args: [...JVM_OPTIONS, '-Xmx1G', '-Xms1G', '-cp', classPath, 'kafka.Kafka', file] }
}

const START_TIMEOUT_MS = 300_000
const PROBE_INTERVAL_MS = 5

/** Resolves when the node behind a port answers requests; rejects when its process ends before. */
export async function answers(port: number, child: ChildProcess): Promise<void> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS
  while (!(await answersApiVersions(port))) {
    if (child.exitCode !== null) throw new Error(`the broker ended with ${child.exitCode} while it started`)
    if (performance.now() > deadlineMs) throw new Error(`the broker did not answer within ${START_TIMEOUT_MS} ms`)
    await sleep(PROBE_INTERVAL_MS)
  }
}
