/**
 * LISTEN_PORT BROKER_PORT: answers Produce and Fetch of Kafka's latency tool with prepared bytes, without checking, writing or
 * looking anything up, and passes everything else on to a broker. What nothing built on Node can go below, seen by the same tool.
 *
 * It knows one partition, one producer and one consumer, Produce v13 and Fetch v18, and keeps the last batch alone.
 */
import { connect, createServer } from 'node:net'

const PRODUCE = 0
const FETCH = 1
const LENGTH_BYTES = 4
/** Behind key, version and correlation id stands the client's id. */
const CLIENT_ID_POSITION = 8
const SESSION_ID = 7

const [listenPort, brokerPort] = process.argv.slice(2).map(Number)
let endOffset = 0
let askedOffset = 0
let lastBatch = Buffer.alloc(0)
let topicId = Buffer.alloc(16)

createServer((client) => {
  const broker = connect(brokerPort as number, '127.0.0.1').setNoDelay()
  client.setNoDelay().on('data', (chunk: Buffer) => {
    // The tool sends small requests one at a time, so each comes in one piece.
    for (let at = 0; at < chunk.length; ) {
      const end = at + LENGTH_BYTES + chunk.readInt32BE(at)
      const frame = chunk.subarray(at + LENGTH_BYTES, end)
      const reply = replyTo(frame)
      if (reply === null) broker.write(chunk.subarray(at, end))
      else client.write(reply)
      at = end
    }
  })
  broker.on('data', (chunk) => client.write(chunk))
  client.on('close', () => broker.destroy()).on('error', () => broker.destroy())
  broker.on('close', () => client.destroy()).on('error', () => client.destroy())
}).listen(listenPort, '127.0.0.1')

function replyTo(frame: Buffer): Buffer | null {
  const body = CLIENT_ID_POSITION + 2 + frame.readInt16BE(CLIENT_ID_POSITION) + 1
  switch (frame.readInt16BE(0)) {
    case PRODUCE:
      return produced(frame, body)
    case FETCH:
      return fetched(frame, body)
    default:
      return null
  }
}

/** Transactional id (null), acks, timeout, one topic with one partition; the batch's length takes one or two bytes. */
function produced(frame: Buffer, body: number): Buffer {
  const topic = body + 1 + 2 + 4 + 1
  const records = topic + 16 + 1 + 4
  const batch = records + ((frame[records] as number) < 0x80 ? 1 : 2)
  turnTo(frame.subarray(topic, topic + 16))
  lastBatch = Buffer.from(frame.subarray(batch, batch + 12 + frame.readInt32BE(batch + 8)))
  lastBatch.writeBigInt64BE(BigInt(endOffset))
  const reply = new Reply(frame).byte(2).copy(topicId).byte(2).int32(0).int16(0)
  return reply.int64(endOffset++).int64(-1).int64(0).byte(1).byte(0).byte(0).byte(0).int32(0).byte(0).done()
}

/** Waits and sizes, the isolation level, session id and epoch, then the one partition where its offset is told anew. */
function fetched(frame: Buffer, body: number): Buffer {
  const session = body + 4 + 4 + 4 + 1
  const isFull = frame.readInt32BE(session + 4) === 0
  const topics = session + 8
  if (frame[topics] === 2) {
    turnTo(frame.subarray(topics + 1, topics + 17))
    askedOffset = Number(frame.readBigInt64BE(topics + 17 + 1 + 4 + 4))
  }
  const records = askedOffset < endOffset ? lastBatch : Buffer.alloc(0)
  const reply = new Reply(frame).int32(0).int16(0).int32(SESSION_ID)
  if (records.length === 0 && !isFull) return reply.byte(1).byte(0).done()
  reply.byte(2).copy(topicId).byte(2).int32(0).int16(0).int64(endOffset).int64(endOffset).int64(0).byte(0).int32(-1)
  return reply
    .unsignedVarint(records.length + 1)
    .copy(records)
    .byte(0)
    .byte(0)
    .byte(0)
    .done()
}

/** Another topic: a fresh one, for another run of the tool. */
function turnTo(id: Buffer): void {
  if (id.equals(topicId)) return
  topicId = Buffer.from(id)
  endOffset = 0
}

/** A response with a flexible header. */
class Reply {
  readonly #bytes = Buffer.alloc(512)
  #at = LENGTH_BYTES

  constructor(frame: Buffer) {
    this.copy(frame.subarray(4, 8)).byte(0)
  }

  byte(value: number): this {
    this.#bytes[this.#at++] = value
    return this
  }

  int16(value: number): this {
    this.#at = this.#bytes.writeInt16BE(value, this.#at)
    return this
  }

  int32(value: number): this {
    this.#at = this.#bytes.writeInt32BE(value, this.#at)
    return this
  }

  int64(value: number): this {
    this.#at = this.#bytes.writeBigInt64BE(BigInt(value), this.#at)
    return this
  }

  unsignedVarint(value: number): this {
    let rest = value
    for (; rest >= 0x80; rest >>= 7) this.byte((rest & 0x7f) | 0x80)
    return this.byte(rest)
  }

  copy(bytes: Buffer): this {
    this.#at += bytes.copy(this.#bytes, this.#at)
    return this
  }

  done(): Buffer {
    this.#bytes.writeInt32BE(this.#at - LENGTH_BYTES)
    return this.#bytes.subarray(0, this.#at)
  }
}
