import { ApiVersionsApi } from '../../../protocol/messages/api-versions.ts'
import { HeartbeatApi, HeartbeatRequest, HeartbeatResponse } from '../../../protocol/messages/heartbeat.ts'
import { InitProducerIdApi } from '../../../protocol/messages/init-producer-id.ts'
import { ProduceApi, ProduceRequest } from '../../../protocol/messages/produce.ts'
import { decodeMessage, encodeMessage } from '../../../protocol/schema/codec.ts'
import { Reader } from '../../../protocol/wire/reader.ts'
import { Writer } from '../../../protocol/wire/writer.ts'
import type { Clock, Timer, Timers } from '../../../src/base/ports.ts'
import { ApiTable, type Intercept, type Result, type ServedApi } from '../../../src/server/api-table.ts'
import { Connections } from '../../../src/server/connections.ts'
import { Dispatcher } from '../../../src/server/dispatcher.ts'
import { RefusalLog } from '../../../src/server/refusal-log.ts'
import type { RequestContext } from '../../../src/server/request-context.ts'
import { RequestStats } from '../../../src/server/request-stats.ts'
import { DEFAULT_SERVER_SETTINGS, type ServerSettings } from '../../../src/server/settings.ts'
import type { LogFields, Logger } from '../../../src/telemetry/logger.ts'
import { FakeSocket } from './fake-socket.ts'

export type Handle = (context: RequestContext<object>, request: HeartbeatRequest) => Result

/** A clock and timers that move when the test says so. */
export class ManualTime implements Clock, Timers {
  #nowMs = 1
  #pending: { readonly atMs: number; readonly callback: () => void }[] = []

  nowMs(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  schedule(delayMs: number, callback: () => void): Timer {
    const entry = { atMs: this.#nowMs + delayMs, callback }
    this.#pending.push(entry)
    return {
      cancel: () => {
        this.#pending = this.#pending.filter((other) => other !== entry)
      },
    }
  }

  defer(callback: () => void): void {
    this.schedule(0, callback)
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.schedule(delayMs, resolve))
  }

  get pendingCount(): number {
    return this.#pending.length
  }

  advance(byMs: number): void {
    const endMs = this.#nowMs + byMs
    for (;;) {
      const next = this.#pending.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined) break
      this.#pending = this.#pending.filter((other) => other !== next)
      this.#nowMs = next.atMs
      next.callback()
    }
    this.#nowMs = endMs
  }
}

export interface Line {
  readonly level: string
  readonly message: string
  readonly fields: LogFields
}

export function recordingLogger(lines: Line[]): Logger {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields })
  const logger: Logger = { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug'), child: () => logger }
  return logger
}

function served(api: ServedApi<object>['api'], handle: Handle): ServedApi<object> {
  return { api, listeners: ['broker'], handle }
}

export interface HarnessOptions {
  readonly settings?: Partial<ServerSettings>
  /** Of every API. */
  readonly intercept?: Intercept<object>
  /** Whether the handler of Produce says that it keeps no bytes. */
  readonly produceBorrows?: boolean
  /** Whether the handler of Produce says that what it has to do is done when it returns. */
  readonly produceOverlaps?: boolean
}

/** The connections of a node that serves Heartbeat (as `handle` says), ApiVersions and Produce. */
export class Harness {
  readonly time = new ManualTime()
  readonly lines: Line[] = []
  readonly broken: unknown[] = []
  readonly closed: number[] = []
  readonly requests = new RequestStats()
  readonly connections: Connections<object>
  /** To be changed while connections are there. */
  readonly settings: { -readonly [Name in keyof ServerSettings]: ServerSettings[Name] }

  constructor(handle: Handle, { settings, intercept, produceBorrows = false, produceOverlaps = false }: HarnessOptions = {}) {
    this.settings = { ...DEFAULT_SERVER_SETTINGS, ...settings }
    const logger = recordingLogger(this.lines)
    const apis = new ApiTable<object>([
      served(HeartbeatApi, handle),
      served(ApiVersionsApi, handle),
      { ...served(ProduceApi, handle), borrowsBytes: produceBorrows, overlaps: produceOverlaps },
      served(InitProducerIdApi, handle),
    ])
    if (intercept !== undefined) for (const { key } of apis.apis) apis.intercept(key, intercept)
    const dispatcher = new Dispatcher<object>({
      nodeId: 1,
      apis,
      clock: this.time,
      logger,
      requests: this.requests,
      onBroken: (error) => this.broken.push(error),
    })
    this.connections = new Connections<object>({
      nodeId: 1,
      servicesOf: () => ({}),
      dispatcher,
      refusals: new RefusalLog(logger, this.time),
      settings: this.settings,
      timers: this.time,
      onBroken: (error) => this.broken.push(error),
      onClosed: (connectionId) => this.closed.push(connectionId),
    })
  }

  connect(host?: string, port?: number): FakeSocket {
    const socket = new FakeSocket(host, port)
    this.connections.accept({ name: 'PLAINTEXT', kind: 'broker' }, socket)
    return socket
  }
}

/** A whole request on the wire. `flexible` says whether the header is v2. */
export function request(apiKey: number, apiVersion: number, correlationId: number, { flexible = false, body = Buffer.alloc(0) as Buffer } = {}): Buffer {
  const writer = new Writer()
  writer.int32(0)
  writer.int16(apiKey)
  writer.int16(apiVersion)
  writer.int32(correlationId)
  writer.nullableString('test')
  if (flexible) writer.unsignedVarint(0)
  writer.raw(body)
  const bytes = writer.toBuffer()
  bytes.writeInt32BE(bytes.length - 4, 0)
  return bytes
}

/** A Produce v9 of these records. */
export function produce(correlationId: number, records: Buffer): Buffer {
  const writer = new Writer()
  const topicData = [{ name: 'topic', partitionData: [{ index: 0, records }] }]
  encodeMessage(ProduceRequest, { transactionalId: null, acks: 1, timeoutMs: 1000, topicData }, writer, 9)
  return request(ProduceApi.key, 9, correlationId, { flexible: true, body: writer.toBuffer() })
}

/** A Heartbeat v4 whose group id is as long as wanted. */
export function heartbeat(correlationId: number, groupId = 'group'): Buffer {
  const writer = new Writer()
  encodeMessage(HeartbeatRequest, { groupId, generationId: 1, memberId: 'm' }, writer, 4)
  return request(HeartbeatApi.key, 4, correlationId, { flexible: true, body: writer.toBuffer() })
}

/** The correlation ids of all replies that a socket was sent. */
export function correlationIds(socket: FakeSocket): number[] {
  const bytes = Buffer.concat(socket.sent)
  const ids = []
  for (let position = 0; position < bytes.length; position += 4 + bytes.readInt32BE(position)) ids.push(bytes.readInt32BE(position + 4))
  return ids
}

/** The correlation ids and error codes of all Heartbeat replies that a socket was sent. */
export function heartbeatReplies(socket: FakeSocket): { readonly correlationId: number; readonly errorCode: number }[] {
  const bytes = Buffer.concat(socket.sent)
  const replies = []
  for (let position = 0; position < bytes.length; position += 4 + bytes.readInt32BE(position)) {
    const reader = new Reader(bytes, position + 4)
    const correlationId = reader.int32()
    reader.skipTaggedFields()
    replies.push({ correlationId, errorCode: decodeMessage(HeartbeatResponse, reader, 4).errorCode })
  }
  return replies
}
