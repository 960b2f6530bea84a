import { ErrorCode } from '../../../protocol/error-codes.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Clock, Endpoint, Network, Timers } from '../../base/ports.ts'
import { KafkaClient } from '../../client/kafka-client.ts'
import { PeerClient } from '../../client/peer-client.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { VersionRange } from '../core/effects.ts'
import type { RaftRequest } from '../core/messages.ts'
import type { Voter, VoterEndpoint, VoterSet } from '../voter-set.ts'
import type { PeerReply, Sender } from '../wire/exchange.ts'
import { exchangeOf } from '../wire/exchange-of.ts'
import { PeerReports } from './peer-reports.ts'
import type { PeerOutcome, RaftPeers } from './raft-peers.ts'

export interface WirePeersOptions {
  readonly nodeId: number
  readonly sender: Sender
  /** Names of controllers' listeners, the preferred first. */
  readonly listenerNames: readonly string[]
  /** Of `controller.quorum.bootstrap.servers`. */
  readonly bootstrapServers: readonly Endpoint[]
  /** controller.quorum.request.timeout.ms */
  readonly requestTimeoutMs: number
  readonly network: Network
  readonly timers: Timers
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly logger: Logger
}

/** Of the first configured server; those behind count down. -1 stands for no node in Kafka's messages. */
const FIRST_BOOTSTRAP_ID = -2
/** Leaders of whom it is remembered where they said that they listen; one more takes the place of the oldest. */
const MAX_KNOWN_LEADERS = 100

const UNSUPPORTED: PeerOutcome = { kind: 'unanswered', unsupported: true, isGone: false }
const UNANSWERED: PeerOutcome = { kind: 'unanswered', unsupported: false, isGone: false }
const GONE: PeerOutcome = { kind: 'unanswered', unsupported: false, isGone: true }
/** What is heard from a machine on which the process that was asked is not there, or is no longer. */
const GONE_CODES: ReadonlySet<string> = new Set(['NETWORK_REFUSED', 'NETWORK_RESET', 'CLIENT_CLOSED'])

/** The other nodes of the quorum over the network, in Kafka's messages: a connection to each that is asked. */
export class WirePeers implements RaftPeers {
  readonly bootstrapIds: readonly number[]
  readonly #options: WirePeersOptions
  readonly #reports: PeerReports
  readonly #clients = new Map<number, PeerClient>()
  /** Where leaders said that they listen: it comes before what the voters' records say. */
  readonly #leaders = new Map<number, Endpoint>()
  #voters: VoterSet = []
  #isClosed = false

  constructor(options: WirePeersOptions) {
    this.#options = options
    this.#reports = new PeerReports(options)
    this.bootstrapIds = options.bootstrapServers.map((_, index) => FIRST_BOOTSTRAP_ID - index)
  }

  async ask(to: number, request: RaftRequest): Promise<PeerOutcome> {
    const client = this.#clientOf(to)
    if (client === null) return UNANSWERED
    try {
      const exchange = exchangeOf(request, this.#options.sender)
      const version = await client.versionOf(exchange.api)
      if (version === null || version < exchange.oldestVersion) return UNSUPPORTED
      const reply: PeerReply = exchange.read(await client.send(exchange.api, exchange.request(version)))
      return this.#outcomeOf(to, client.endpoint, reply)
    } catch (error) {
      if (!(error instanceof OdradekError)) throw error
      if (this.#isClosed) return UNANSWERED
      this.#reports.failed(to, client.endpoint, error)
      // It may have moved since it led: what the voters' records say comes next.
      if (this.#voters.some(({ id }) => id === to)) this.#leaders.delete(to)
      return GONE_CODES.has(error.code) ? GONE : UNANSWERED
    }
  }

  /** On a connection of its own. Source: KIP-853, AddRaftVoter. */
  async askVersions({ endpoints }: Voter): Promise<{ readonly errorCode: number; readonly range: VersionRange | null }> {
    const endpoint = this.#preferred(endpoints)
    if (endpoint === null || this.#isClosed) return { errorCode: ErrorCode.BROKER_NOT_AVAILABLE, range: null }
    const { network, timers, requestTimeoutMs: timeoutMs, nodeId } = this.#options
    try {
      await using client = await KafkaClient.open(endpoint, { network, timers, clientId: `raft-client-${nodeId}`, timeoutMs })
      const feature = client.served.supportedFeatures.find(({ name }) => name === 'kraft.version')
      return { errorCode: ErrorCode.NONE, range: feature === undefined ? null : { min: feature.minVersion, max: feature.maxVersion } }
    } catch (error) {
      if (!(error instanceof OdradekError)) throw error
      return { errorCode: ErrorCode.BROKER_NOT_AVAILABLE, range: null }
    }
  }

  endpointOf(id: number): Endpoint | null {
    if (id <= FIRST_BOOTSTRAP_ID) return this.#options.bootstrapServers[FIRST_BOOTSTRAP_ID - id] ?? null
    return this.#leaders.get(id) ?? this.#preferred(this.#voters.find((voter) => voter.id === id)?.endpoints ?? [])
  }

  noteVoters(voters: VoterSet): void {
    if (voters === this.#voters) return
    this.#voters = voters
    for (const [id, client] of this.#clients) if (this.endpointOf(id) === null) this.#drop(id, client)
  }

  noteLeader(id: number, endpoints: readonly VoterEndpoint[]): void {
    const endpoint = this.#preferred(endpoints)
    if (endpoint !== null) this.#noteLeaderAt(id, endpoint)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#clients.values()].map((client) => client[Symbol.asyncDispose]()))
  }

  #outcomeOf(to: number, at: Endpoint, reply: PeerReply): PeerOutcome {
    if (reply.kind === 'refused') {
      this.#reports.refused(to, at, reply.errorCode)
      return UNANSWERED
    }
    this.#reports.answered(to, at)
    const { answer, leaderEndpoint } = reply
    if (answer.leaderId !== null && leaderEndpoint !== null) this.#noteLeaderAt(answer.leaderId, leaderEndpoint)
    return { kind: 'answer', answer }
  }

  #noteLeaderAt(id: number, { host, port }: Endpoint): void {
    this.#leaders.delete(id)
    this.#leaders.set(id, { host, port })
    for (const oldest of this.#leaders.keys()) {
      if (this.#leaders.size <= MAX_KNOWN_LEADERS) return
      this.#leaders.delete(oldest)
    }
  }

  /** null for a node that nobody knows how to reach, and when this one stops. A node that moved is reached where it is now. */
  #clientOf(id: number): PeerClient | null {
    const endpoint = this.endpointOf(id)
    if (endpoint === null || this.#isClosed) return null
    const known = this.#clients.get(id)
    if (known !== undefined && known.endpoint.host === endpoint.host && known.endpoint.port === endpoint.port) return known
    if (known !== undefined) this.#drop(id, known)
    const { network, timers, requestTimeoutMs: timeoutMs, nodeId } = this.#options
    const client = new PeerClient({ endpoint, network, timers, clientId: `raft-client-${nodeId}`, timeoutMs })
    this.#clients.set(id, client)
    return client
  }

  #drop(id: number, client: PeerClient): void {
    this.#clients.delete(id)
    void client[Symbol.asyncDispose]()
  }

  /** At the first of the controllers' listeners that the node has. */
  #preferred(endpoints: readonly VoterEndpoint[]): Endpoint | null {
    for (const name of this.#options.listenerNames) {
      const found = endpoints.find((endpoint) => endpoint.name === name)
      if (found !== undefined) return { host: found.host, port: found.port }
    }
    return null
  }
}
