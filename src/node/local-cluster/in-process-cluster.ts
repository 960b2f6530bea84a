import { OdradekError } from '../../base/errors.ts'
import type { Timers } from '../../base/ports.ts'
import type { Links } from '../../platform/stoppable/links.ts'
import type { NodeControl } from '../control/node-control.ts'
import type { Cluster } from '../in-process/cluster-api.ts'
import type { GroupExpectation, GroupState, RecordsOptions, WaitOptions } from '../in-process/node-api.ts'
import type { Teardown } from '../lifetime/teardown.ts'
import type { ClusterMember } from './cluster-member.ts'

export interface InProcessClusterOptions {
  readonly clusterId: string
  readonly members: readonly ClusterMember[]
  readonly links: Links
  readonly timers: Pick<Timers, 'sleep'>
  readonly failed: Promise<never>
  /** Stops all and lets go of what is the cluster's. */
  readonly teardown: Teardown
}

/** A broker that cannot leave in order, as there is no majority to hear of it, is cut off. */
const LEAVE_LIMIT_MS = 5_000

export class InProcessCluster implements Cluster {
  readonly clusterId: string
  readonly bootstrapServers: string
  readonly nodes: readonly ClusterMember[]
  readonly failed: Promise<never>
  readonly #options: InProcessClusterOptions

  constructor(options: InProcessClusterOptions) {
    const { clusterId, members, failed } = options
    this.#options = options
    this.clusterId = clusterId
    this.nodes = members
    this.failed = failed
    this.bootstrapServers = members.map(({ bootstrapServers }) => bootstrapServers).join(',')
  }

  node(nodeId: number): ClusterMember {
    const found = this.nodes.find((node) => node.nodeId === nodeId)
    if (found === undefined) throw invalid(`There is no node ${nodeId}: this cluster has the nodes ${this.#nodeIds.join(', ')}.`)
    return found
  }

  partition(...parts: readonly (readonly number[])[]): void {
    const named = parts.flat()
    for (const nodeId of named) this.node(nodeId)
    const twice = named.find((nodeId, index) => named.indexOf(nodeId) !== index)
    if (twice !== undefined) throw invalid(`Node ${twice} cannot be in two parts.`)
    this.#options.links.partition(parts)
  }

  heal(): void {
    this.#options.links.heal()
  }

  async untilInSync(options: WaitOptions = {}): Promise<void> {
    const running = this.#running
    const brokerIds = running.map(({ member }) => member.nodeId)
    await Promise.all(running.map(({ member, control }) => member.orKilled(control.untilInSync(brokerIds, options))))
  }

  untilGroup(groupId: string, expected: GroupExpectation & WaitOptions): Promise<GroupState> {
    return this.#first((control) => control.untilGroup(groupId, expected))
  }

  untilRecords(topic: string, count: number, options: RecordsOptions = {}): Promise<number> {
    return this.#first((control) => control.untilRecords(topic, count, options))
  }

  /** One after another: what the first has deleted the others know to be gone. */
  async reset(): Promise<void> {
    for (const { member, control } of this.#running) await member.orKilled(control.reset())
  }

  stop(): Promise<void> {
    return this.#options.teardown.run()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async startNodes(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.start()))
  }

  /** Brokers leave one after another while there is a majority to hear of it, then the controllers stop. */
  async stopNodes(): Promise<void> {
    this.heal()
    for (const node of this.nodes) if (node.state === 'paused') node.resume()
    const stopped: Promise<void>[] = []
    for (const node of [...this.nodes].reverse()) {
      const leaving = node.leave()
      stopped.push(leaving.stopped)
      if (!(await this.#inTime(leaving.left))) await node.kill()
    }
    for (const node of this.nodes) node.finish()
    if (!(await this.#inTime(Promise.all(stopped)))) for (const node of this.nodes) await node.kill()
  }

  get #nodeIds(): readonly number[] {
    return this.nodes.map(({ nodeId }) => nodeId)
  }

  get #running(): { readonly member: ClusterMember; readonly control: NodeControl }[] {
    const running = this.nodes.flatMap((member) => (member.control === null ? [] : [{ member, control: member.control }]))
    if (running.length === 0) throw invalid('No node of this cluster runs.')
    return running
  }

  /** What the first node finds; where none does, why the first did not. */
  async #first<Found>(wait: (control: NodeControl) => Promise<Found>): Promise<Found> {
    const waits = this.#running.map(({ member, control }) => member.orKilled(wait(control)))
    try {
      return await Promise.any(waits)
    } catch (error) {
      throw (error as AggregateError).errors[0]
    }
  }

  async #inTime(done: Promise<unknown>): Promise<boolean> {
    const isOver = new AbortController()
    const limit = this.#options.timers.sleep(LEAVE_LIMIT_MS, isOver.signal).then(
      () => false,
      () => true,
    )
    const isDone = await Promise.race([done.then(() => true), limit])
    isOver.abort()
    return isDone
  }
}

function invalid(message: string): OdradekError {
  return new OdradekError('CLUSTER_INVALID', message)
}
