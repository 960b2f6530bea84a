import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../free-ports.ts'
import { ORACLE_CLUSTER_ID } from '../oracle-node.ts'
import type { Settings } from '../properties-file.ts'
import { Recorder } from '../proxy/recorder.ts'
import { TcpProxy } from '../proxy/tcp-proxy.ts'
import { type ClusterNode, makeNode } from './cluster-node.ts'
import { isBroker, isController, type NodePlace, type NodePlan, nodeSettings, staticVoters, type Way } from './node-plan.ts'

export interface ClusterOptions {
  readonly nodes: readonly NodePlan[]
  /** Of every node, over those of the harness. */
  readonly settings?: Settings
  /** Keeps what goes between the nodes, decoded. */
  readonly isRecorded?: boolean
}

/** Nodes of either kind as processes, with a proxy before each listener that other nodes use. Disposing kills and removes all. */
export interface Cluster extends AsyncDisposable {
  readonly nodes: readonly ClusterNode[]
  readonly recorder: Recorder
  /** Of the brokers. */
  readonly bootstrap: string
  node(id: number): ClusterNode
  /** Before the listener of a node for other brokers, or for those that speak to its controller. */
  proxy(id: number, listener: 'replication' | 'controller'): TcpProxy
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
  const recorder = new Recorder()
  const proxies = new Map<string, TcpProxy>()
  const wayTo = async (name: string, bound: number): Promise<Way> => {
    const proxy = owner.use(await TcpProxy.open({ targetPort: bound, ...(options.isRecorded ? { tap: recorder.tap } : {}) }))
    proxies.set(name, proxy)
    return { bound, advertised: proxy.port }
  }
  const ports = await freePorts(options.nodes.length * 3)
  const places: NodePlace[] = []
  for (const [index, plan] of options.nodes.entries()) {
    const [client = 0, replication = 0, controller = 0] = ports.slice(index * 3)
    places.push({
      plan,
      directory: join(root, `node-${plan.id}`),
      ports: {
        client: isBroker(plan) ? client : null,
        replication: isBroker(plan) ? await wayTo(`replication ${plan.id}`, replication) : null,
        controller: isController(plan) ? await wayTo(`controller ${plan.id}`, controller) : null,
      },
    })
  }
  const quorum = { 'controller.quorum.voters': staticVoters(places) }
  const settingsOf = (place: NodePlace) => nodeSettings(place, quorum, options.settings ?? {})
  const nodes = places.map((place) => owner.use(makeNode({ place, settings: settingsOf(place), clusterId: ORACLE_CLUSTER_ID, formatArguments: [] })))
  return {
    nodes,
    recorder,
    bootstrap: places.flatMap(({ ports: { client } }) => (client === null ? [] : [`127.0.0.1:${client}`])).join(','),
    node: (id) =>
      found(
        `node ${id}`,
        nodes.find((node) => node.id === id),
      ),
    proxy: (id, listener) => found(`a proxy before ${listener} of node ${id}`, proxies.get(`${listener} ${id}`)),
  }
}

function found<T>(what: string, value: T | undefined): T {
  if (value === undefined) throw new Error(`there is no ${what}`)
  return value
}
