import { join } from 'node:path'
import type { Settings } from '../properties-file.ts'

export type NodeKind = 'kafka' | 'odradek'
export type Roles = 'broker' | 'controller' | 'broker,controller'

/** A node that a cluster should have. */
export interface NodePlan {
  readonly id: number
  readonly kind: NodeKind
  readonly roles: Roles
  /** Over those of the cluster. */
  readonly settings?: Settings
}

/** Where a node listens, and where others find it: at a proxy that stands before it. All on 127.0.0.1; null without the role. */
export interface NodePorts {
  /** For clients, without a proxy. */
  readonly client: number | null
  readonly replication: Way | null
  readonly controller: Way | null
}

export interface Way {
  readonly bound: number
  readonly advertised: number
}

export interface NodePlace {
  readonly plan: NodePlan
  readonly ports: NodePorts
  readonly directory: string
}

export function isBroker({ roles }: NodePlan): boolean {
  return roles !== 'controller'
}

export function isController({ roles }: NodePlan): boolean {
  return roles !== 'broker'
}

/** `id@host:port` of each controller, as `controller.quorum.voters` has it. */
export function staticVoters(places: readonly NodePlace[]): string {
  return places.flatMap(({ plan, ports }) => (ports.controller === null ? [] : [`${plan.id}@127.0.0.1:${ports.controller.advertised}`])).join(',')
}

/** The `log.dirs` of a node: one below its directory, or those that its plan says. */
export function dataDirectoriesOf({ plan, directory }: NodePlace): readonly string[] {
  return String(plan.settings?.['log.dirs'] ?? join(directory, 'data')).split(',')
}

/**
 * The `server.properties` of a node, the same for both kinds. Clients, other brokers and other nodes that speak to a controller
 * have a listener each, so that the ways between nodes can be cut while clients go on.
 */
export function nodeSettings(place: NodePlace, quorum: Settings, shared: Settings): Settings {
  const { plan, ports } = place
  const listeners = [
    ['PLAINTEXT', ports.client, ports.client],
    ['REPLICATION', ports.replication?.bound, ports.replication?.advertised],
    ['CONTROLLER', ports.controller?.bound, ports.controller?.advertised],
  ].filter(([, port]) => port !== null && port !== undefined)
  return {
    'node.id': plan.id,
    'process.roles': plan.roles,
    listeners: listeners.map(([name, bound]) => `${name}://127.0.0.1:${bound}`).join(','),
    'advertised.listeners': listeners.map(([name, , advertised]) => `${name}://127.0.0.1:${advertised}`).join(','),
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,REPLICATION:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    ...(isBroker(plan) ? { 'inter.broker.listener.name': 'REPLICATION' } : {}),
    'log.dirs': dataDirectoriesOf(place).join(),
    'offsets.topic.num.partitions': 5,
    'group.initial.rebalance.delay.ms': 0,
    // The default port is one for all nodes of a machine.
    ...(plan.kind === 'odradek' ? { 'metrics.port': 0 } : {}),
    ...quorum,
    ...shared,
    ...plan.settings,
  }
}
