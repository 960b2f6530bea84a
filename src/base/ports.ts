/**
 * The five ports. All time, chance, files and sockets reach the rest of the program through these interfaces,
 * so that whole nodes run unchanged on Node (`src/platform/`) or inside a seeded, simulated world (`test/support/world/`).
 * Both sides pass the one contract suite in `test/contract/`.
 */

/** Milliseconds since the Unix epoch, as Kafka writes them into records. */
export type TimestampMs = number

export interface Clock {
  /** Wall time. May jump in both directions: for what is stored or shown, never for measuring a duration. */
  nowMs(): TimestampMs
  /** Milliseconds from an arbitrary start, with fractions; never goes back. For durations and deadlines. */
  monotonicMs(): number
}

/** A pending call. Cancelling one that has run or was cancelled does nothing. */
export interface Timer {
  cancel(): void
}

export interface Timers {
  /** Runs `callback` once, not before `delayMs` have passed; any delay is allowed (longer than 2^31 ms too). */
  schedule(delayMs: number, callback: () => void): Timer
  /** Runs `callback` after the events that are already waiting, in the order of the calls. For yielding between slices of work. */
  defer(callback: () => void): void
  /** Resolves after `delayMs`; rejects with the signal's reason when it is aborted first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>
}

export interface Random {
  /** A whole number in [0, bound); `bound` from 1 to 2^48. */
  below(bound: number): number
  /** A number in [0, 1). */
  fraction(): number
  /** Bytes fit for identifiers and secrets. The caller owns them. */
  bytes(count: number): Buffer
}

export type FileKind = 'file' | 'directory' | 'other'

export interface DirectoryEntry {
  readonly name: string
  readonly kind: FileKind
}

export interface FileInfo {
  readonly kind: FileKind
  readonly sizeBytes: number
  readonly modifiedMs: TimestampMs
}

/**
 * An open file. The synchronous calls are page-cache work: what they wrote is visible to every reader when they return
 * and durable only when a later `flush` resolves. Every failure is a `DiskError`.
 */
export interface DiskFile {
  readonly path: string
  /** Fills `target` from byte `position` and returns the count of bytes read: fewer than asked only at the end of the file. */
  readAt(target: Uint8Array, position: number): number
  /** As `readAt`, without holding the event loop: for reads far behind the log's end, whose pages may not be in memory. */
  readAtAsync(target: Uint8Array, position: number): Promise<number>
  /** Writes all bytes of `chunks`, one after another, from byte `position`. A failure may leave a part of them written. */
  writeAt(chunks: readonly Uint8Array[], position: number): void
  /** Cuts or extends (with zeros) to `sizeBytes`. */
  truncate(sizeBytes: number): void
  sizeBytes(): number
  /** Resolves when all that was written before the call would survive a loss of power. */
  flush(): Promise<void>
  /** Further calls throw. Closing twice does nothing. */
  close(): void
}

export type OpenMode =
  /** must exist; writes throw */
  | 'read'
  /** must exist; read and write */
  | 'write'
  /** read and write, made when missing */
  | 'create'

export interface VolumeSpace {
  readonly totalBytes: number
  /** What this process may still write. */
  readonly freeBytes: number
}

/** Held while a process uses a data directory; see `Disk.lockDirectory`. */
export interface DirectoryLock {
  release(): Promise<void>
}

export interface Disk {
  open(path: string, mode: OpenMode): Promise<DiskFile>
  /** As `open`, for the paths that must not yield (a segment roll in the middle of an append). */
  openSync(path: string, mode: OpenMode): DiskFile
  /** How many files and sockets this process may have open at a time; infinite where that is not known. */
  descriptorLimit(): number
  /** From the root, as others find it whatever directory they are in. */
  absolutePath(path: string): string
  /** The entries of a directory, sorted by name. Throws a `DiskError` with reason 'not-found' when it is missing. */
  list(path: string): Promise<DirectoryEntry[]>
  /** null when nothing is there. */
  info(path: string): Promise<FileInfo | null>
  /** Makes the directory and its parents; one that exists is fine. */
  makeDirectory(path: string): Promise<void>
  /** Renames a file or directory. The caller has closed every open file below it (some systems insist). */
  rename(from: string, to: string): Promise<void>
  /** As `rename`, for where one directory takes the place of another in the middle of a turn. */
  renameSync(from: string, to: string): void
  /** Removes one file; a missing one is fine. */
  removeFile(path: string): Promise<void>
  /** Removes a directory with all it holds; a missing one is fine. */
  removeDirectory(path: string): Promise<void>
  /** The whole file, or null when it is missing. */
  readFile(path: string): Promise<Buffer | null>
  /** Replaces the file in one step: after a crash it holds the old or the new content, whole, and durably the new one once this resolves. */
  writeFileAtomic(path: string, content: Uint8Array): Promise<void>
  /** Makes renames, creations and removals in this directory durable, where the system can do that. */
  flushDirectory(path: string): Promise<void>
  /** Of the volume that holds `path`. */
  space(path: string): Promise<VolumeSpace>
  /**
   * Takes the directory for this process, or throws a `DiskError` with reason 'locked' whose message names the holder
   * (pid, host, start time) or the running Apache Kafka that holds its `.lock`.
   */
  lockDirectory(path: string): Promise<DirectoryLock>
}

export interface Endpoint {
  readonly host: string
  readonly port: number
}

export interface SocketHandlers {
  /** `chunk` is valid until the call returns: its memory is used again for what comes next, on any socket. What is kept is copied. */
  onData(chunk: Buffer): void
  /** The buffered bytes fell below the low mark after a `write` returned false. */
  onDrain(): void
  /** Called exactly once, last. `error` is why, when it was not an orderly close by either side. */
  onClose(error?: Error): void
}

/** One stream connection. No call throws for a broken connection: `onClose` says so. */
export interface Socket {
  readonly local: Endpoint
  readonly remote: Endpoint
  /** Must be called once, in the same turn in which the socket was received. */
  handle(handlers: SocketHandlers): void
  /** Queues all chunks in order; false when more than the high mark is buffered: stop until `onDrain`. Chunks must not change until sent. */
  write(chunks: readonly Uint8Array[]): boolean
  /** Bytes accepted by `write` and not yet taken by the system. */
  readonly bufferedBytes: number
  /** No `onData` from the return of this call until `resume`. */
  pause(): void
  resume(): void
  /** Sends what is buffered, then closes. */
  end(): void
  /** Closes at once and drops what is buffered. */
  destroy(): void
}

export interface Listener extends AsyncDisposable {
  /** The address in fact bound: the port is never 0. */
  readonly local: Endpoint
  /** Stops accepting. Connections already made go on. */
  close(): Promise<void>
}

export interface ListenOptions extends Endpoint {
  /** Connections waiting to be accepted, as the system may bound it. */
  readonly backlog?: number
}

export interface Network {
  /** Port 0 takes a free one. Throws a `NetworkError` that says which address and why. */
  listen(options: ListenOptions, onConnection: (socket: Socket) => void): Promise<Listener>
  /** Rejects with a `NetworkError`, or the signal's reason when it is aborted first. */
  connect(to: Endpoint, signal?: AbortSignal): Promise<Socket>
}

export interface Ports {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly disk: Disk
  readonly network: Network
}
