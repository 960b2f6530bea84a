import { decodeElectionState, QUORUM_STATE_FILE } from '../../../../src/raft/election-state.ts'
import type { CrashKind } from '../../../support/world/simulated-node.ts'
import { type MetadataState, metadataStateOf } from '../checks/metadata-state.ts'
import { storedDirectoryId } from '../checks/stored-directory.ts'
import { METADATA_LOG } from '../checks/stored-logs.ts'
import type { Cluster } from '../cluster.ts'
import { type ClusterNode, DATA } from '../cluster-node.ts'
import { isBroker, isController } from '../node-plan.ts'

/** With fewer, the others are no majority without the one whose directory is lost. */
const LEAST_VOTERS = 3

interface UncleanEnd {
  /** It may have lost what was acknowledged. */
  readonly mayLack: boolean
  /** The end of the longest metadata log by then. */
  readonly since: number
}

/**
 * Which nodes ended uncleanly and are not made good yet, and which of them may have lost what was acknowledged.
 *
 * Kafka promises an acknowledged record as long as one of the in-sync replicas keeps it and does not end uncleanly: of one that
 * did, the controllers take it that it lost something, and of all of them they have to believe the last one (KIP-966). Where
 * writes are not flushed one by one a machine may therefore lose power only while no other broker has ended uncleanly, and
 * no other may until the cluster has made good what it lost: until it has registered again, and all replicas are in sync.
 * The same holds, flushed or not, for a broker that loses its directory.
 *
 * Metadata are flushed always, so that a voter loses them only with its directory: one at a time, while the others are a
 * majority that has them and votes, until the voter that takes its place is one.
 */
export class Damage {
  readonly #cluster: Cluster
  /** By id of the broker. */
  readonly #ended = new Map<number, UncleanEnd>()
  /** Whose lost directory is not made good. */
  #emptied: ClusterNode | null = null
  /** Votes that are being taken from who has one, or may be for want of an answer. */
  #openRemovals = 0

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** Names of the machines that may lack something. */
  get machines(): ReadonlySet<string> {
    this.#forgetRepaired()
    return new Set([...this.#ended].filter(([, { mayLack }]) => mayLack).map(([id]) => this.#cluster.node(id).name))
  }

  /** Whether it may happen to this one, which then counts as ended in that way. */
  mayCrash(node: ClusterNode, kind: CrashKind): boolean {
    return !isBroker(node.plan) || this.#mayEnd(node, kind === 'power' && !this.#cluster.plan.isFlushed)
  }

  /** Whether this one may lose all that it has, which then counts as lost. */
  mayLoseDirectory(node: ClusterNode): boolean {
    this.#forgetRepaired()
    if (this.#emptied !== null || !this.#areAllAlike()) return false
    if (isController(node.plan) && !this.#canSpareVote(node)) return false
    if (isBroker(node.plan) && !this.#mayEnd(node, true)) return false
    this.#emptied = node
    return true
  }

  /**
   * Whether a vote may be taken from a voter that has all there is: not while another voter is lost.
   * Until `removed` it counts as being taken: without an answer for ever, since it may be carried out late.
   */
  mayRemoveVoter(): boolean {
    this.#forgetRepaired()
    if (this.#emptied !== null) return false
    this.#openRemovals++
    return true
  }

  removed(): void {
    this.#openRemovals--
  }

  #mayEnd(node: ClusterNode, mayLack: boolean): boolean {
    this.#forgetRepaired()
    const others = [...this.#ended].filter(([id]) => id !== node.id)
    const isAllowed = mayLack ? others.length === 0 && this.#areAllInSync() : others.every(([, other]) => !other.mayLack)
    if (!isAllowed) return false
    const mayHaveLacked = this.#ended.get(node.id)?.mayLack === true
    this.#ended.set(node.id, { mayLack: mayLack || mayHaveLacked, since: Math.max(0, ...this.#states().map(({ endOffset }) => endOffset)) })
    return true
  }

  #canSpareVote(node: ClusterNode): boolean {
    const voterIds = this.#voterIds()
    const others = voterIds.filter((id) => id !== node.id).map((id) => this.#cluster.node(id))
    if (voterIds.length < LEAST_VOTERS || this.#openRemovals > 0 || others.some(({ state }) => state !== 'serving')) return false
    // Of a static one nothing tells the others that it has forgotten for whom it voted: so there is no vote that is not decided.
    return this.#cluster.plan.quorum !== undefined || this.#isElectionOver(voterIds)
  }

  #isElectionOver(voterIds: readonly number[]): boolean {
    const states = voterIds.map((id) => {
      const file = this.#cluster.node(id).machine.volume.find(`${DATA}/${METADATA_LOG}/${QUORUM_STATE_FILE}`)
      return file?.kind === 'file' ? decodeElectionState(file.content.bytes()) : null
    })
    return states.every((state) => state !== null && state.leaderId !== null && state.epoch === states[0]?.epoch)
  }

  #voterIds(): readonly number[] {
    if (this.#cluster.plan.quorum === undefined) return this.#cluster.controllers.map(({ id }) => id)
    return this.#states()[0]?.voters?.map(({ id }) => id) ?? []
  }

  #forgetRepaired(): void {
    if (this.#emptied !== null && this.#hasItsPlace(this.#emptied)) this.#emptied = null
    if (this.#ended.size === 0 || !this.#areAllInSync()) return
    const states = this.#states()
    for (const [id, { since }] of this.#ended) {
      const isRepaired = states.every(({ brokers }) => (brokers.get(id)?.registeredAt ?? -1) >= since)
      if (isRepaired) this.#ended.delete(id)
    }
  }

  /** It has all that the others have, and in a dynamic quorum its vote again, of which all know. */
  #hasItsPlace(node: ClusterNode): boolean {
    if (node.state !== 'serving' || !this.#areAllAlike()) return false
    if (this.#cluster.plan.quorum === undefined || !isController(node.plan)) return true
    const directoryId = storedDirectoryId(node.machine, DATA)
    const named = this.#states()[0]?.voters?.filter(({ id }) => id === node.id) ?? []
    return named.length === 1 && named[0]?.directoryId === directoryId
  }

  #areAllInSync(): boolean {
    const [first] = this.#states()
    if (first === undefined || !this.#areAllAlike()) return false
    return [...first.partitions.values()].every(({ isr, replicas }) => replicas.length > 1 && isr.length === replicas.length)
  }

  /** All machines have the same metadata, so that nobody is about to learn otherwise. */
  #areAllAlike(): boolean {
    const states = this.#states()
    const [first] = states
    if (first === undefined || states.length < this.#cluster.begun.length) return false
    return states.every(({ endOffset, epoch }) => endOffset === first.endOffset && epoch === first.epoch)
  }

  #states(): MetadataState[] {
    return this.#cluster.begun.flatMap(({ machine }) => metadataStateOf(machine, DATA) ?? [])
  }
}
