import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Brokers } from '../compat/support/cluster/administer.ts'
import { type NodePlace, nodeSettings, staticVoters } from '../compat/support/cluster/node-plan.ts'
import { runCommand } from '../compat/support/command.ts'
import { ORACLE_CLUSTER_ID } from '../compat/support/oracle-node.ts'
import { propertiesText, type Settings } from '../compat/support/properties-file.ts'
import { freePorts } from '../test/support/free-ports.ts'
import { answers, type BrokerKind, type Command, end, kafkaNode, ODRADEK } from './brokers.ts'

/** The nodes of a cluster, each broker and controller, formatted and not started. Disposing kills them and removes their directories. */
export interface BenchNodes extends Brokers, AsyncDisposable {
  readonly kind: BrokerKind
  readonly pids: readonly number[]
  readonly bootstrap: string
  /** Starts the process of a node; does not wait for it. */
  launch(id: number): void
  /** Resolves when a node that was launched answers. */
  ready(id: number): Promise<void>
  /** Resolves when the process is gone. */
  stop(id: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

export interface NodesOptions {
  /** 3 where not given; their ids begin with 1. */
  readonly count?: number
  /** Over Kafka's defaults, the same for both kinds. */
  readonly settings?: Settings
  /** Odradek's: `kafka` where not given. */
  readonly profile?: 'dev' | 'kafka'
}

export async function formatNodes(kind: BrokerKind, { count = 3, settings = {}, profile = 'kafka' }: NodesOptions = {}): Promise<BenchNodes> {
  const ids = Array.from({ length: count }, (_, index) => index + 1)
  const root = await mkdtemp(join(tmpdir(), `odradek-bench-${kind}-`))
  const ports = await freePorts(ids.length * 3)
  const places = ids.map((id, index) => place(kind, id, join(root, `node-${id}`), ports.slice(index * 3)))
  const quorum = { 'controller.quorum.voters': staticVoters(places) }
  const commands = new Map<number, Command>()
  for (const one of places) {
    const file = join(root, `node-${one.plan.id}.properties`)
    await writeFile(file, propertiesText(nodeSettings(one, quorum, settings)))
    commands.set(one.plan.id, kind === 'kafka' ? await kafkaNode(file) : await odradekNode(file, profile))
  }
  const running = new Map<number, ChildProcess>()
  const clientPort = (id: number) => places[id - 1]?.ports.client as number
  return {
    kind,
    brokerIds: ids,
    clientPort,
    bootstrap: ids.map((id) => `127.0.0.1:${clientPort(id)}`).join(','),
    get pids() {
      return [...running.values()].map(({ pid }) => pid as number)
    },
    launch(id) {
      const { program, args } = commands.get(id) as Command
      running.set(id, spawn(program, args, { stdio: 'ignore' }))
    },
    ready: (id) => answers(clientPort(id), running.get(id) as ChildProcess),
    stop: (id, signal) => end(running.get(id) as ChildProcess, signal),
    async [Symbol.asyncDispose]() {
      for (const child of running.values()) await end(child, 'SIGKILL')
      await rm(root, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

function place(kind: BrokerKind, id: number, directory: string, [client = 0, replication = 0, controller = 0]: readonly number[]): NodePlace {
  const direct = (port: number) => ({ bound: port, advertised: port })
  return { plan: { id, kind, roles: 'broker,controller' }, directory, ports: { client, replication: direct(replication), controller: direct(controller) } }
}

async function odradekNode(file: string, profile: string): Promise<Command> {
  const config = ['--profile', profile, '--config', file]
  const formatted = await runCommand(process.execPath, [ODRADEK, 'format', '-t', ORACLE_CLUSTER_ID, ...config])
  if (formatted.exit !== 0) throw new Error(`odradek format failed:\n${formatted.stdout}${formatted.stderr}`)
  return { program: process.execPath, args: [ODRADEK, 'start', ...config] }
}
