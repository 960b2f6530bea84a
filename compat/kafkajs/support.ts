import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import kafkajs, { type Consumer, type Kafka, type KafkaConfig, type KafkaMessage } from 'kafkajs'
import { compressFrame, decompressFrame } from 'lz4-napi'
import { compress as snappyCompress, uncompress as snappyUncompress } from 'snappy'

const { CompressionCodecs, CompressionTypes, logLevel } = kafkajs

CompressionCodecs[CompressionTypes.Snappy] = () => ({
  compress: async (encoder: { buffer: Buffer }) => xerialFrame(await snappyCompress(encoder.buffer)),
  decompress: async (buffer: Buffer) => (isXerial(buffer) ? xerialBlocks(buffer) : snappyUncompress(buffer, { asBuffer: true })),
})
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: (encoder: { buffer: Buffer }) => compressFrame(encoder.buffer),
  decompress: (buffer: Buffer) => decompressFrame(buffer),
})
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async (encoder: { buffer: Buffer }) => zstdCompressSync(encoder.buffer),
  decompress: async (buffer: Buffer) => zstdDecompressSync(buffer),
})

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])

function xerialFrame(block: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(block.length)
  return Buffer.concat([XERIAL_MAGIC, length, block])
}

function isXerial(buffer: Buffer): boolean {
  return buffer.subarray(0, 8).equals(XERIAL_MAGIC.subarray(0, 8))
}

async function xerialBlocks(buffer: Buffer): Promise<Buffer> {
  const blocks: Buffer[] = []
  for (let position = XERIAL_MAGIC.length; position < buffer.length; ) {
    const length = buffer.readInt32BE(position)
    blocks.push((await snappyUncompress(buffer.subarray(position + 4, position + 4 + length), { asBuffer: true })) as Buffer)
    position += 4 + length
  }
  return Buffer.concat(blocks)
}

export function kafka(bootstrap: string, config: Partial<KafkaConfig> = {}): Kafka {
  return new kafkajs.Kafka({ clientId: 'suite', brokers: [bootstrap], logLevel: logLevel.NOTHING, ...config })
}

let names = 0
/** A topic or group that no other test of the suite uses. */
export function unique(prefix: string): string {
  return `${prefix}-${++names}`
}

export interface Received {
  readonly topic: string
  readonly partition: number
  readonly message: KafkaMessage
}

/** Runs a consumer that has subscribed until it has received `count` messages, and gives them in their order. */
export function collect(consumer: Consumer, count: number, options: { readonly timeoutMs?: number } = {}): Promise<readonly Received[]> {
  const received: Received[] = []
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${received.length} of ${count} messages within the time`)), options.timeoutMs ?? 20_000)
    const eachMessage = async (payload: Received) => {
      received.push(payload)
      if (received.length < count) return
      clearTimeout(late)
      resolve(received)
    }
    consumer.run({ eachMessage }).catch(reject)
  })
}

/** All messages of a topic from its beginning, by a group of its own. */
export async function readAll(client: Kafka, topic: string, count: number): Promise<readonly Received[]> {
  const consumer = client.consumer({ groupId: unique('reader') })
  await consumer.connect()
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    return await collect(consumer, count)
  } finally {
    await consumer.disconnect()
  }
}

/** Resolves when `condition` holds; rejects after the time with what was awaited. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > deadlineMs) throw new Error(`not within ${timeoutMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export function texts(received: readonly Received[]): readonly string[] {
  return received.map(({ message }) => String(message.value))
}

/** Sends values to a partition, each with a timestamp one later than the one before, from 1,000. */
export async function sendTo(client: Kafka, topic: string, values: readonly string[], partition = 0): Promise<void> {
  const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  await producer.send({ topic, messages: values.map((value, index) => ({ value, partition, timestamp: String(1_000 + index) })) })
  await producer.disconnect()
}
