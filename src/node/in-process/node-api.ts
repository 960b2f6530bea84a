import type { TopicInput } from '../../config/sources/topic-specs.ts'
import type { Logger } from '../../telemetry/logger.ts'

export interface StartNodeOptions {
  /** Settings by Kafka's names; they stand over those of the dev profile. */
  readonly config?: Readonly<Record<string, string | number | boolean>>
  /** Made before the promise resolves, where they are not there: `orders`, `orders:3`, or with settings. */
  readonly topics?: readonly (string | TopicInput)[]
  /** Where the data stay when the node has stopped. Without it they live in a temporary directory that goes with the node. */
  readonly dataDirectory?: string
  /** `memory`: nothing is written to disk, at most 1 GiB is kept, and it goes with the node. Not with `dataDirectory`. */
  readonly storage?: 'disk' | 'memory'
  /** Takes the node's log lines; without it they go to standard output, from `logLevel` on. */
  readonly logger?: Logger
  /** `warn` where not given. */
  readonly logLevel?: 'off' | 'error' | 'warn' | 'info' | 'debug' | 'trace'
  /**
   * `manual`: the node's time stands still but for `advance`. Sessions, retention, expiry, timeouts of requests and delays
   * of faults follow it; connections, fetches that wait for records, and waits of the test are in real time.
   */
  readonly clock?: 'real' | 'manual'
}

/** A node in this process. */
export interface Node extends AsyncDisposable {
  readonly nodeId: number
  readonly clusterId: string
  /** The port that clients connect to. */
  readonly port: number
  /** `127.0.0.1:port`, as clients want it. */
  readonly bootstrapServers: string
  /** `http://127.0.0.1:port` with `odradek.control.port` set, else null. */
  readonly controlUrl: string | null
  /**
   * Rejects when an essential part of the node failed; the node has stopped by then, and this process goes on. Never
   * resolves, and whoever does not look at it is not disturbed.
   */
  readonly failed: Promise<never>
  /** Answers what is in flight, closes connections, writes everything out. Calling it again waits for the same end. */
  stop(): Promise<void>
  /**
   * Resolves when the group is as `expected`, with what it is then. `GroupExpectation` says what can be awaited.
   *
   * Errors: `OdradekError` with code WAIT_TIMED_OUT, WAIT_ABORTED or WAIT_ENDED, whose message says what was awaited and
   * what there was; WAIT_INVALID; TOO_MANY_WAITS.
   */
  untilGroup(groupId: string, expected: GroupExpectation & WaitOptions): Promise<GroupState>
  /**
   * Resolves with the number of records when the topic, or one partition of it, holds at least `count` that consumers can
   * read. A topic that is not there yet is waited for. Errors: as `untilGroup`.
   */
  untilRecords(topic: string, count: number, options?: RecordsOptions): Promise<number>
  /**
   * Deletes all topics and groups and ends all faults, in milliseconds: for one node that serves many tests. Clients that
   * are connected go on: producers make their topics anew, members of groups join again. What only rises (producer
   * ids) goes on rising, and settings of brokers stay. Errors: `OdradekError` with code NODE_STOPPED.
   */
  reset(): Promise<void>
  /**
   * Requests that the fault is meant for are answered with an error, later, or not at all, until it is over.
   * Errors: `OdradekError` with code FAULT_INVALID, TOO_MANY_FAULTS at more than 100, or NODE_STOPPED.
   */
  fail(fault: FaultOptions): Fault
  /**
   * Lets the time of a node with `clock: 'manual'` pass at once, as for a machine that was asleep: what came due meanwhile
   * happens once, at the new time, and has happened when the promise resolves.
   * Errors: `OdradekError` with code CLOCK_NOT_MANUAL, or ADVANCE_INVALID.
   */
  advance(ms: number): Promise<void>
}

/** What a group is awaited to be; at least one of them. */
export interface GroupExpectation {
  /** In state Stable: every member has its assignment. */
  readonly stable?: true
  /**
   * Records that are not committed yet, at most: in all partitions of the topics to which the members subscribe, or, where
   * there are no members, of those for which offsets are committed. A partition without an offset counts from its start.
   */
  readonly lag?: number
  /** So many members, exactly. */
  readonly members?: number
}

export interface WaitOptions {
  /** Milliseconds of real time; 10,000 where not given. */
  readonly timeoutMs?: number
  /** An `AbortSignal`. */
  readonly signal?: Signal
}

/** What `AbortSignal` is, for programs whose types do not have it. */
export interface Signal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

export interface RecordsOptions extends WaitOptions {
  /** Of this partition alone. */
  readonly partition?: number
}

/** A group as it was found. */
export interface GroupState {
  /** `Stable`, `PreparingRebalance`, `CompletingRebalance`, `Empty`, `Dead`. */
  readonly state: string
  readonly members: number
  /** null where nobody knows which partitions the group reads. */
  readonly lag: number | null
}

/** Which requests, by `api`, `topic` and `clientId`, and what is done to them, by `error`, `delayMs` or `drop`. */
export interface FaultOptions {
  /** Kafka's name, such as `Produce`, or several; all APIs where not given. */
  readonly api?: string | readonly string[]
  /** Requests that name this topic. An `error` is told of this topic alone, and the others of the request are served. */
  readonly topic?: string
  readonly clientId?: string
  /** Kafka's name of an error, such as `NOT_LEADER_OR_FOLLOWER`. */
  readonly error?: string
  /** Waits before anything else is done, by the node's clock. */
  readonly delayMs?: number
  /** Closes the connection without an answer: `before` the request was handled, or `after`, when it has had its effect. */
  readonly drop?: 'before' | 'after'
  /** After so many requests it is over; without, when it is ended. */
  readonly times?: number
}

export interface Fault extends Disposable {
  /** Requests that it met. */
  readonly hits: number
  readonly isOver: boolean
  /** Requests are served again. Ending it twice does nothing. */
  end(): void
}
