import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../../../test/support/free-ports.ts'
import { ORACLE_CLUSTER_ID } from '../oracle-node.ts'
import type { Settings } from '../properties-file.ts'
import { Recorder } from '../proxy/recorder.ts'
import { TcpProxy } from '../proxy/tcp-proxy.ts'
import type { Brokers } from './administer.ts'
import { type ClusterNode, makeNode } from './cluster-node.ts'
import { isBroker, isController, type NodePlace, type NodePlan, nodeSettings, staticVoters, type Way } from './node-plan.ts'

export interface ClusterOptions {
  readonly nodes: readonly NodePlan[]
  /** Of every node, over those of the harness. */
  readonly settings?: Settings
  /** Keeps what goes between the nodes, decoded. */
  readonly isRecorded?: boolean
  /** Of another cluster, whose quorum these nodes shall join; their own controllers when not given. */
  readonly quorum?: Settings
  readonly clusterId?: string
}

/** Nodes of either kind as processes, with a proxy before each listener that other nodes use. Disposing kills and removes all. */
export interface Cluster extends Brokers, AsyncDisposable {
  readonly nodes: readonly ClusterNode[]
  readonly recorder: Recorder
  /** The settings that say who votes. */
  readonly quorum: Settings
  /** Of the brokers. */
  readonly bootstrap: string
  node(id: number): ClusterNode
  /** Before the listener of a node for other brokers, or for those that speak to its controller. */
  proxy(id: number, listener: Listener): TcpProxy
}

/** Makes a cluster with static voters and starts all its nodes at once; resolves when all serve. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  await using starting = new AsyncDisposableStack()
  const cluster = await prepareCluster(options, starting)
  for (const node of cluster.nodes) await node.launch()
  await Promise.all(cluster.nodes.map((node) => node.ready()))
  const owned = starting.move()
  return { ...cluster, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** A cluster of which no node was started. What it holds belongs to `owner`. */
export async function prepareCluster(options: ClusterOptions, owner: AsyncDisposableStack): Promise<Omit<Cluster, keyof AsyncDisposable>> {
  const root = await mkdtemp(join(tmpdir(), 'odradek-cluster-'))
  owner.defer(() => rm(root, { recursive: true, force: true, maxRetries: 3 }))
  const ways = new Ways(owner, options.isRecorded ?? false)
  const places = await Promise.all(options.nodes.map((plan) => place(plan, join(root, `node-${plan.id}`), ways)))
  const quorum = options.quorum ?? { 'controller.quorum.voters': staticVoters(places) }
  const nodes = places.map((one) => {
    const settings = nodeSettings(one, quorum, options.settings ?? {})
    return owner.use(makeNode({ place: one, settings, clusterId: options.clusterId ?? ORACLE_CLUSTER_ID, formatArguments: [] }))
  })
  const node = (id: number) => found(`node ${id}`, nodes, (one) => one.id === id)
  const clientPort = (id: number) => node(id).place.ports.client as number
  const brokerIds = nodes.filter(({ plan }) => isBroker(plan)).map(({ id }) => id)
  return {
    nodes,
    quorum,
    recorder: ways.recorder,
    brokerIds,
    clientPort,
    bootstrap: brokerIds.map((id) => `127.0.0.1:${clientPort(id)}`).join(','),
    node,
    proxy: (id, listener) => ways.proxy(wayName(id, listener)),
  }
}

type Listener = 'replication' | 'controller'

function wayName(id: number, listener: Listener): string {
  return `${listener} of node ${id}`
}

async function place(plan: NodePlan, directory: string, ways: Ways): Promise<NodePlace> {
  const [client = 0, replication = 0, controller = 0] = await freePorts(3)
  const ports = {
    client: isBroker(plan) ? client : null,
    replication: isBroker(plan) ? await ways.open(wayName(plan.id, 'replication'), replication) : null,
    controller: isController(plan) ? await ways.open(wayName(plan.id, 'controller'), controller) : null,
  }
  return { plan, directory, ports }
}

/** The proxies of a cluster. */
class Ways {
  readonly recorder = new Recorder()
  readonly #proxies = new Map<string, TcpProxy>()
  readonly #owner: AsyncDisposableStack
  readonly #isRecorded: boolean

  constructor(owner: AsyncDisposableStack, isRecorded: boolean) {
    this.#owner = owner
    this.#isRecorded = isRecorded
  }

  async open(name: string, bound: number): Promise<Way> {
    const proxy = this.#owner.use(await TcpProxy.open({ targetPort: bound, ...(this.#isRecorded ? { tap: this.recorder.tap } : {}) }))
    this.#proxies.set(name, proxy)
    return { bound, advertised: proxy.port }
  }

  proxy(name: string): TcpProxy {
    const proxy = this.#proxies.get(name)
    if (proxy === undefined) throw new Error(`there is no proxy before ${name}`)
    return proxy
  }
}

function found<T>(what: string, among: readonly T[], is: (one: T) => boolean): T {
  const one = among.find(is)
  if (one === undefined) throw new Error(`there is no ${what}`)
  return one
}
