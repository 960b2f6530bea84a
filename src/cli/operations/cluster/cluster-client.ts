/**
 * A cluster as an admin tool asks it: any broker, one of them, the controller, a group's coordinator, each over one connection
 * that is made when it is first needed. What passes by itself (a leader that moves, a connection that breaks) is tried again until
 * a deadline, with metadata asked for anew.
 *
 * Errors: `KafkaError` for what a broker answers; those of `PeerClient` for what does not pass; REQUEST_TIMED_OUT at the deadline,
 * its cause the last failure.
 */
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { DescribeClusterApi } from '../../../../protocol/messages/describe-cluster.ts'
import { FindCoordinatorApi } from '../../../../protocol/messages/find-coordinator.ts'
import { MetadataApi } from '../../../../protocol/messages/metadata.ts'
import type { AnyApi, Api, Fields, Input, Message, Value } from '../../../../protocol/schema/notation.ts'
import { assert } from '../../../base/assert.ts'
import { OdradekError } from '../../../base/errors.ts'
import type { Clock, Endpoint, Network, Random, Timers } from '../../../base/ports.ts'
import { PeerClient, type RequestFor } from '../../../client/peer-client.ts'
import { formatHostPort } from '../../../config/values/host-port.ts'
import { check, isTransient, KafkaError } from '../kafka-error.ts'
import { inTime } from '../within.ts'
import { authentication } from './authentication.ts'
import type { ClientSettings } from './client-settings.ts'

export interface Broker extends Endpoint {
  readonly id: number
  readonly rack: string | null
}

export interface ClientPorts {
  readonly network: Pick<Network, 'connect'>
  readonly random: Random
  readonly timers: Timers
  readonly clock: Clock
}

/** A request, and what the answer to it is made into. */
type Answer<A extends Fields> = Value<Message<A>>

const MAX_BACKOFF_MS = 1_000
const CONTROLLERS = 2
/** As DescribeCluster and FindCoordinator say "nobody". */
const NOBODY = -1

/** See the head of this file. */
export class ClusterClient implements AsyncDisposable {
  readonly settings: ClientSettings
  readonly ports: ClientPorts
  /** By address. */
  readonly #peers = new Map<string, PeerClient>()
  #brokers: ReadonlyMap<number, Broker> | null = null
  #controllerId = NOBODY
  /** Of groups, by id. */
  readonly #coordinators = new Map<string, Broker>()
  #isClosed = false
  /** Who answered last, of those that were given. */
  #answering: PeerClient | null = null

  constructor(settings: ClientSettings, ports: ClientPorts) {
    this.settings = settings
    this.ports = ports
  }

  /**
   * Tries until it succeeds, fails for good, or the time is over, be it while an answer is awaited.
   * @param call Java's name of what is done, which its tools print
   */
  async retry<T>(call: string, attempt: () => Promise<T>): Promise<T> {
    const { clock, timers } = this.ports
    const deadlineMs = clock.monotonicMs() + this.settings.apiTimeoutMs
    let failure: unknown = null
    const late = () => timedOut(call, failure ?? unanswered(this.settings.apiTimeoutMs))
    for (let backoffMs = this.settings.retryBackoffMs; ; backoffMs = Math.min(MAX_BACKOFF_MS, 2 * backoffMs)) {
      try {
        return await inTime(timers, deadlineMs - clock.monotonicMs(), attempt(), late)
      } catch (error) {
        if (!isTransient(error)) throw error
        failure = error
        if (clock.monotonicMs() + backoffMs >= deadlineMs) throw timedOut(call, error)
        this.forget()
        await timers.sleep(backoffMs)
      }
    }
  }

  /** Forgets who leads what, so that it is asked for anew. */
  forget(): void {
    this.#brokers = null
    this.#coordinators.clear()
    this.#answering = null
  }

  /** One that answers, of those that were given. */
  async ask<Q extends Fields, A extends Fields>(api: Api<Q, A>, request: RequestFor<Q>): Promise<Answer<A>> {
    return (await this.#anyone()).send(api, request)
  }

  async askBroker<Q extends Fields, A extends Fields>(id: number, api: Api<Q, A>, request: RequestFor<Q>): Promise<Answer<A>> {
    return (await this.#brokerPeer(id)).send(api, request)
  }

  /** For a request that is not answered: a Produce with acks 0. Resolves when more may be told. */
  async tellBroker<Q extends Fields>(id: number, api: Api<Q, Fields>, request: Input<Message<Q>>): Promise<void> {
    await (await this.#brokerPeer(id)).tell(api, request)
  }

  /** The active controller as brokers tell of it: in a KRaft cluster any broker, which hands the request on. */
  async askController<Q extends Fields, A extends Fields>(api: Api<Q, A>, request: RequestFor<Q>): Promise<Answer<A>> {
    const brokers = await this.#known()
    const controller = brokers.get(this.#controllerId)
    return controller === undefined ? this.ask(api, request) : this.#peer(controller).send(api, request)
  }

  async askCoordinator<Q extends Fields, A extends Fields>(group: string, api: Api<Q, A>, request: RequestFor<Q>): Promise<Answer<A>> {
    return this.#peer(await this.coordinatorOf(group)).send(api, request)
  }

  /**
   * A connection beside those that all requests share, for who waits long; the caller's to dispose.
   * @param timeoutMs for connecting, and for each response
   */
  connectionTo({ host, port }: Endpoint, timeoutMs: number): PeerClient {
    const { clientId, security } = this.settings
    const { network, timers, random } = this.ports
    return new PeerClient({ endpoint: { host, port }, network, timers, clientId, timeoutMs, ...authentication(security.sasl, random) })
  }

  /** The highest version that one who answers and this side know; null for none. */
  async versionOf(api: AnyApi): Promise<number | null> {
    return (await this.#anyone()).versionOf(api)
  }

  /** By id, ascending. */
  async brokers(): Promise<readonly Broker[]> {
    return [...(await this.#known()).values()].toSorted((one, other) => one.id - other.id)
  }

  async coordinatorOf(group: string): Promise<Broker> {
    const known = this.#coordinators.get(group)
    if (known !== undefined) return known
    const answer = await this.ask(FindCoordinatorApi, (version) => (version < 4 ? { key: group } : { key: '', coordinatorKeys: [group] }))
    const { errorCode, errorMessage, nodeId, host, port } = answer.coordinators[0] ?? answer
    check(errorCode, errorMessage)
    const coordinator = { id: nodeId, host, port, rack: null }
    this.#coordinators.set(group, coordinator)
    return coordinator
  }

  /** What was told is sent to its end. Errors: that it may not have come to a broker. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#peers.values()].map((peer) => peer[Symbol.asyncDispose]()))
    this.#peers.clear()
  }

  async #known(): Promise<ReadonlyMap<number, Broker>> {
    this.#brokers ??= this.settings.asksControllers === true ? await this.#controllers() : await this.#fromMetadata()
    return this.#brokers
  }

  async #fromMetadata(): Promise<ReadonlyMap<number, Broker>> {
    const { brokers, controllerId } = await this.ask(MetadataApi, { topics: [], allowAutoTopicCreation: false })
    this.#controllerId = controllerId
    return new Map(brokers.map(({ nodeId, host, port, rack }) => [nodeId, { id: nodeId, host, port, rack }]))
  }

  async #controllers(): Promise<ReadonlyMap<number, Broker>> {
    const { errorCode, errorMessage, brokers, controllerId } = await this.ask(DescribeClusterApi, {
      endpointType: CONTROLLERS,
      includeClusterAuthorizedOperations: false,
    })
    check(errorCode, errorMessage)
    this.#controllerId = controllerId
    return new Map(brokers.map(({ brokerId, host, port, rack }) => [brokerId, { id: brokerId, host, port, rack }]))
  }

  /** The first of those that were given to which a connection can be made. */
  async #anyone(): Promise<PeerClient> {
    if (this.#answering !== null) return this.#answering
    let failure: unknown = null
    for (const endpoint of this.settings.bootstrap) {
      const peer = this.#peer(endpoint)
      try {
        await peer.versionOf(MetadataApi)
        this.#answering = peer
        return peer
      } catch (error) {
        failure ??= error
      }
    }
    throw failure
  }

  async #brokerPeer(id: number): Promise<PeerClient> {
    const broker = (await this.#known()).get(id)
    if (broker === undefined) throw new KafkaError(ErrorCode.BROKER_NOT_AVAILABLE, `The cluster tells of no broker ${id}.`)
    return this.#peer(broker)
  }

  #peer(endpoint: Endpoint): PeerClient {
    assert(!this.#isClosed, 'a cluster is asked by a client that was closed')
    const address = formatHostPort(endpoint.host, endpoint.port)
    const known = this.#peers.get(address)
    if (known !== undefined) return known
    const peer = this.connectionTo(endpoint, this.settings.requestTimeoutMs)
    this.#peers.set(address, peer)
    return peer
  }
}

function unanswered(timeoutMs: number): OdradekError {
  return new OdradekError('CLIENT_TIMEOUT', `No answer came within ${timeoutMs} ms.`)
}

/** Nobody was reached, or nobody who could do it: Java's admin client calls both the same. */
function timedOut(call: string, cause: unknown): KafkaError {
  return new KafkaError(ErrorCode.REQUEST_TIMED_OUT, `Timed out waiting for a node assignment. Call: ${call}`, { cause })
}
