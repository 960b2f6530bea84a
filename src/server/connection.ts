import { DecodeError } from '../../protocol/errors.ts'
import type { BufferPool } from '../base/buffer-pool.ts'
import type { Endpoint, Socket, SocketHandlers } from '../base/ports.ts'
import { clientHostOf } from './client-host.ts'
import { describeBytes } from './describe-bytes.ts'
import type { Dispatcher, Reply } from './dispatcher.ts'
import { ExpectedReplies } from './expected-replies.ts'
import { apiKeyOf, FrameReader } from './frame-reader.ts'
import type { ListenerStats } from './listener-stats.ts'
import type { RefusalLog } from './refusal-log.ts'
import type { ListenerKind } from './request-context.ts'
import type { MemoryWaiter, RequestMemory } from './request-memory.ts'
import type { ConnectionFacts } from './request-scope.ts'
import type { ServerSettings } from './settings.ts'

/** Replies of pipelined requests are sent together up to about this many bytes. */
const FLUSH_BYTES = 65_536
/** Requests of one connection that may wait for others at a time. Three times as many as an idempotent producer sends. */
const MAX_OVERLAPPING = 16
const SAMPLE_BYTES = 16
const ANONYMOUS = 'User:ANONYMOUS'

/**
 * open: reads and serves · draining: the replies that are being made are the last · closing: nothing more is read or sent ·
 * closed: the socket is gone
 */
type State = 'open' | 'draining' | 'closing' | 'closed'

/** What all connections of a listener share. */
export interface ConnectionHost<Services> {
  readonly listenerName: string
  readonly listenerKind: ListenerKind
  /** Of what comes and goes on all of them. */
  readonly stats: ListenerStats
  readonly services: Services
  readonly dispatcher: Dispatcher<Services>
  readonly memory: RequestMemory
  /** For requests that come in pieces. */
  readonly buffers: BufferPool
  readonly refusals: RefusalLog
  readonly settings: ServerSettings
  /** Counts the sweeps for idle connections: a clock that costs nothing to read. */
  readonly sweepCount: number
  onClosed(connection: Connection<Services>): void
  /** A mistake of ours that no request can be blamed for. */
  onBroken(error: unknown): void
}

/**
 * One client's connection: requests in, replies out, strictly in order. One request is served at a time, as in Kafka;
 * those behind it wait in the chunk that brought them, and reading stops until they have been taken. Only where all is done
 * but for others to confirm it (`Handler.overlaps`) are requests of the same kind served behind it.
 *
 * Reading also stops while replies wait to be sent, and while all requests of the node together hold too much memory.
 * What is not a request closes the connection, with a line in the log that says who sent what.
 */
export class Connection<Services> implements SocketHandlers, MemoryWaiter, ConnectionFacts<Services> {
  readonly id: number
  readonly clientHost: string
  readonly principal = ANONYMOUS
  hasWorked = false
  clientSoftware = ''
  arrivedMs = 0
  clientSoftwareVersion = ''
  readonly #socket: Socket
  readonly #host: ConnectionHost<Services>
  readonly #reader: FrameReader
  readonly #expected = new ExpectedReplies()
  /** The API of the last request whose reply was expected. */
  #expectedApiKey = -1
  #aborter: AbortController | null = null
  #outgoing: Uint8Array[] = []
  #outgoingBytes = 0
  /** To be called when nothing is on its way any more. */
  #afterSending: (() => void)[] = []
  #countedBytes = 0
  #lastSweep: number
  #isBlocked = false
  #isPaused = false
  #isRunning = false
  #isRunPlanned = false
  #state: State = 'open'
  #hasSpoken = false

  constructor(id: number, socket: Socket, host: ConnectionHost<Services>) {
    this.id = id
    this.#socket = socket
    this.#host = host
    this.#reader = new FrameReader(host.buffers)
    this.#lastSweep = host.sweepCount
    this.clientHost = clientHostOf(socket.remote.host)
  }

  get listenerName(): string {
    return this.#host.listenerName
  }

  get listenerKind(): ListenerKind {
    return this.#host.listenerKind
  }

  get services(): Services {
    return this.#host.services
  }

  get remote(): Endpoint {
    return this.#socket.remote
  }

  get local(): Endpoint {
    return this.#socket.local
  }

  closedSignal(): AbortSignal {
    this.#aborter ??= new AbortController()
    if (this.#state === 'closed') this.#aborter.abort()
    return this.#aborter.signal
  }

  /** No request is served behind one that may ask this, so its reply is the next to leave, or is on its way already. */
  whenSent(callback: () => void): void {
    this.#afterSending.push(callback)
  }

  onData(chunk: Buffer): void {
    if (this.#state !== 'open') return
    this.arrivedMs = this.#host.dispatcher.nowMs
    this.#host.stats.bytesIn += chunk.length
    this.#tellSent()
    this.#lastSweep = this.#host.sweepCount
    this.#reader.push(chunk)
    this.#run()
    // A run further up would go on with the chunk when its memory holds something else.
    this.#reader.keepUnread()
  }

  onDrain(): void {
    this.#isBlocked = false
    this.#tellSent()
    this.#run()
  }

  onMemoryFree(): void {
    this.#run()
  }

  onClose(): void {
    this.#state = 'closed'
    this.#aborter?.abort()
    this.#reader.close()
    this.#outgoing = []
    this.#tellSent()
    this.#count(0)
    this.#host.onClosed(this)
  }

  /** It has its place among those that are served. */
  admitted(): void {
    this.#host.stats.open++
    this.#host.stats.opened++
  }

  /** One more waits for such a place, or one less. */
  waits(change: 1 | -1): void {
    this.#host.stats.waiting += change
  }

  /** It had. */
  left(): void {
    this.#host.stats.open--
  }

  /** Nothing is read until `release`: the node has all the connections that it may have. */
  hold(): void {
    this.#isPaused = true
    this.#socket.pause()
  }

  release(): void {
    this.#isPaused = false
    this.#lastSweep = this.#host.sweepCount
    this.#socket.resume()
  }

  /** Closes the connection after the replies already made; the log says who and why, as often as its bounds allow, unless it was wanted. */
  refuse(why: string, isWanted = false): void {
    if (isWanted) this.#hangUp()
    else this.#refuse(why, null)
  }

  /**
   * Answers what is being served, if anything, and closes. Requests behind it are dropped, and one that asked for
   * `closed` waits for something that may never come (a long poll): it is told that nobody waits with it any more.
   */
  drain(): void {
    if (this.#state !== 'open') return
    if (!this.#isBusy) {
      this.#close()
      return
    }
    this.#state = 'draining'
    this.#aborter?.abort()
  }

  destroy(): void {
    this.#state = 'closing'
    this.#socket.destroy()
  }

  /** Of replies that the system has not taken yet. */
  get bufferedBytes(): number {
    return this.#outgoingBytes + this.#socket.bufferedBytes
  }

  /** Grows from one sweep for idle connections to the next in which something came. */
  get lastUse(): number {
    return this.#lastSweep
  }

  /** Closes if nothing has come since the sweep numbered `sweep`, unless a request is being served. */
  closeIfIdle(sweep: number): void {
    if (this.#isBusy || this.#lastSweep > sweep) return
    if (!this.#hasSpoken && this.#state === 'open') this.#say('closed a connection that sent no whole request', { why: 'connections.max.idle.ms passed' })
    this.destroy()
  }

  /** Serves what can be served now. Calls that come from below while it runs are covered by the run itself. */
  #run(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    try {
      this.#serveAll()
      this.#flush()
      this.#settle()
    } catch (error) {
      // Above is the socket, and above that the process: it is not theirs to handle.
      this.#host.onBroken(error)
      this.destroy()
    } finally {
      this.#isRunning = false
    }
  }

  get #isBusy(): boolean {
    return this.#expected.count > 0
  }

  #serveAll(): void {
    while (!this.#isBlocked && this.#state === 'open' && this.#mayServeNext()) {
      const frame = this.#nextFrame()
      if (frame === null) return
      if (this.#host.dispatcher.mayBorrow(frame)) this.#serve(frame, 0)
      else this.#serve(this.#reader.detach(frame), frame.length)
    }
  }

  #mayServeNext(): boolean {
    const { count } = this.#expected
    if (count === 0) return true
    return count < MAX_OVERLAPPING && this.#reader.nextApiKey === this.#expectedApiKey && this.#host.dispatcher.overlaps(this.#expectedApiKey)
  }

  #nextFrame(): Buffer | null {
    try {
      return this.#reader.next(this.#host.settings.maxRequestBytes)
    } catch (error) {
      this.#refuseBytes(error, this.#reader.sample(SAMPLE_BYTES))
      return null
    }
  }

  /** @param keptBytes of the frame, as long as its reply is being made */
  #serve(frame: Buffer, keptBytes: number): void {
    try {
      const reply = this.#host.dispatcher.serve(frame, this)
      this.#hasSpoken = true
      if (reply instanceof Promise || this.#isBusy) this.#expect(reply, frame, keptBytes)
      else this.#queue(reply)
    } catch (error) {
      this.#refuseBytes(error, frame)
    }
  }

  #expect(reply: Reply | Promise<Reply>, frame: Buffer, keptBytes: number): void {
    this.#expectedApiKey = apiKeyOf(frame)
    this.#expected.add(reply, keptBytes, () => this.#replyCame())
  }

  #replyCame(): void {
    this.#lastSweep = this.#host.sweepCount
    for (let reply = this.#expected.take(); reply !== undefined; reply = this.#expected.take()) {
      // It was given up: replies of those behind it would be taken for its own.
      if (reply === null && this.#state === 'draining') this.#close()
      this.#queue(reply)
    }
    if (this.#isBusy) {
      this.#planRun()
      return
    }
    if (this.#state === 'draining') this.#close()
    this.#run()
  }

  /** What is confirmed together is answered together: the replies behind this one come in the same turn. */
  #planRun(): void {
    if (this.#isRunPlanned) return
    this.#isRunPlanned = true
    queueMicrotask(() => {
      this.#isRunPlanned = false
      this.#run()
    })
  }

  #queue(reply: Reply): void {
    if (reply === null || this.#state === 'closing' || this.#state === 'closed') {
      this.#tellSent()
      return
    }
    for (const chunk of reply) this.#outgoingBytes += chunk.length
    if (this.#outgoing.length === 0) this.#outgoing = reply
    else this.#outgoing.push(...reply)
    if (this.#outgoingBytes >= FLUSH_BYTES) this.#flush()
  }

  #flush(): void {
    if (this.#outgoing.length === 0) return
    const chunks = this.#outgoing
    this.#host.stats.bytesOut += this.#outgoingBytes
    this.#outgoing = []
    this.#outgoingBytes = 0
    if (!this.#socket.write(chunks)) this.#isBlocked = true
    this.#tellSent()
  }

  /**
   * Replies leave in order, so when nothing is on its way all have left. A socket that is being closed may still be
   * sending, whatever it says: then `onClose` is waited for. A reply that is being made has not left either.
   */
  #tellSent(): void {
    if (this.#afterSending.length === 0 || this.#state === 'closing') return
    if (this.#state !== 'closed' && (this.#isBusy || this.#outgoing.length > 0 || this.#socket.bufferedBytes > 0)) return
    const callbacks = this.#afterSending
    this.#afterSending = []
    for (const callback of callbacks) callback()
  }

  /** Reads on or stops, and tells the node what this connection holds. */
  #settle(): void {
    const isReading = this.#state === 'open'
    this.#count(this.#expected.requestBytes + (isReading ? this.#reader.heldBytes : 0))
    if (!isReading) return
    const mustWait = this.#reader.hasUnread || (this.#reader.isInsideFrame && !this.#host.memory.mayRead(this))
    if (mustWait === this.#isPaused) return
    this.#isPaused = mustWait
    if (mustWait) this.#socket.pause()
    else this.#socket.resume()
  }

  #count(heldBytes: number): void {
    const delta = heldBytes - this.#countedBytes
    if (delta === 0) return
    this.#countedBytes = heldBytes
    this.#host.memory.adjust(delta)
    if (heldBytes === 0) this.#host.memory.forget(this)
  }

  #close(): void {
    this.#flush()
    this.#state = 'closing'
    this.#socket.end()
  }

  #refuseBytes(error: unknown, sample: Buffer): void {
    if (error instanceof DecodeError) this.#refuse(error.message, this.#hasSpoken ? null : describeBytes(sample))
    else throw error
  }

  #refuse(why: string, looksLike: string | null): void {
    if (this.#state === 'closing' || this.#state === 'closed') return
    this.#say('closed a connection', looksLike === null ? { why } : { why, looksLike })
    this.#hangUp()
  }

  #hangUp(): void {
    if (this.#state === 'closing' || this.#state === 'closed') return
    this.#close()
    // A peer that does not speak the protocol may not end its side either: wait for it only with replies still to send.
    if (this.#socket.bufferedBytes === 0) this.#socket.destroy()
  }

  #say(message: string, fields: Readonly<Record<string, string>>): void {
    const { host, port } = this.#socket.remote
    this.#host.refusals.refuse(host, message, { remote: `${host}:${port}`, listener: this.listenerName, ...fields })
  }
}
