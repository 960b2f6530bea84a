import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rows, startToolSuite, type ToolSuite, unique } from './tool-suite.ts'

let suite: ToolSuite
beforeAll(async () => {
  suite = await startToolSuite()
})
afterAll(() => suite?.[Symbol.asyncDispose]())

const produce = (args: string, stdin: string) => suite.output('kafka-console-producer', args, { stdin })
const consume = (args: string) => suite.output('kafka-console-consumer', args)

async function topicWith(stdin: string, partitions = 1): Promise<string> {
  const topic = unique('topic')
  await suite.output('kafka-topics', `--create --topic ${topic} --partitions ${partitions}`)
  if (stdin !== '') await produce(`--topic ${topic}`, stdin)
  return topic
}

describe('records come out as they went in', () => {
  test('lines: Unicode, empty ones, spaces', async () => {
    const text = 'zwei ä\n\n   \n日本語 🎈\nlast\n'
    const topic = await topicWith(text)
    expect(await consume(`--topic ${topic} --from-beginning --max-messages 5`)).toBe(text)
  })

  test('keys, headers, partition, offset and time', async () => {
    const topic = await topicWith('')
    await produce(`--topic ${topic} --reader-property parse.key=true --reader-property parse.headers=true`, 'h1:v1,h2:v2\tkey\tvalue\nh:x\tk2\tv2\n')
    const print = ['key', 'headers', 'partition', 'offset', 'timestamp'].map((what) => `--formatter-property print.${what}=true`).join(' ')
    const printed = await consume(`--topic ${topic} --from-beginning --max-messages 2 ${print}`)
    expect(printed.replace(/CreateTime:\d{13}/g, 'TIME')).toBe(
      'TIME\tPartition:0\tOffset:0\th1:v1,h2:v2\tkey\tvalue\nTIME\tPartition:0\tOffset:1\th:x\tk2\tv2\n',
    )
  })

  test('null values and keys', async () => {
    const topic = await topicWith('no key\n')
    const reader = ['parse.key=true', 'key.separator=:', 'null.marker=NULL'].map((property) => `--reader-property ${property}`).join(' ')
    await produce(`--topic ${topic} ${reader}`, 'a:NULL\nb:c\n')
    const formatter = ['print.key=true', 'key.separator=|', 'null.literal=<null>'].map((property) => `--formatter-property ${property}`).join(' ')
    expect(await consume(`--topic ${topic} --from-beginning --max-messages 3 ${formatter}`)).toBe('<null>|no key\na|<null>\nb|c\n')
  })

  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('compressed by %s', async (codec) => {
    const text = Array.from({ length: 500 }, (_, index) => `line ${index} of words and words and words\n`).join('')
    const topic = await topicWith('')
    await produce(`--topic ${topic} --compression-codec ${codec} --batch-size 4096`, text)
    expect(await consume(`--topic ${topic} --from-beginning --max-messages 500`)).toBe(text)
  })

  test.each(['0', '1', 'all'])('with acks=%s', async (acks) => {
    const topic = await topicWith('')
    await produce(`--topic ${topic} --request-required-acks ${acks}`, 'a\nb\n')
    expect(await consume(`--topic ${topic} --from-beginning --max-messages 2`)).toBe('a\nb\n')
  })

  test('sent one by one, and sent without idempotence', async () => {
    const topic = await topicWith('')
    await produce(`--topic ${topic} --sync`, 'a\nb\n')
    await produce(`--topic ${topic} --command-property enable.idempotence=false --request-required-acks 1`, 'c\n')
    expect(await consume(`--topic ${topic} --from-beginning --max-messages 3`)).toBe('a\nb\nc\n')
  })

  test('of 900 KB', async () => {
    const line = `${'x'.repeat(900_000)}\n`
    const topic = await topicWith('')
    await produce(`--topic ${topic}`, `${line}small\n${line}`)
    expect(await consume(`--topic ${topic} --from-beginning --max-messages 3`)).toBe(`${line}small\n${line}`)
  })
})

describe('the producer', () => {
  test('makes the topic that it writes to', async () => {
    const topic = unique('made-by-producer')
    await produce(`--topic ${topic}`, 'first\n')
    expect(await consume(`--topic ${topic} --from-beginning --max-messages 1`)).toBe('first\n')
  })

  test('puts equal keys into one partition', async () => {
    const topic = await topicWith('', 3)
    const keyed = Array.from({ length: 60 }, (_, index) => `key-${index % 6}\t${index}\n`).join('')
    await produce(`--topic ${topic} --reader-property parse.key=true`, keyed)
    const print = '--formatter-property print.partition=true --formatter-property print.key=true --formatter-property print.value=false'
    const seen = new Set(rows(await consume(`--topic ${topic} --from-beginning --max-messages 60 ${print}`)))
    expect([...seen].map((row) => row.split(' ')[1]).sort()).toEqual(['key-0', 'key-1', 'key-2', 'key-3', 'key-4', 'key-5'])
  })

  test('is told when a record is larger than the topic takes', async () => {
    const topic = await topicWith('')
    const args = `--topic ${topic} --command-property max.request.size=3000000`
    const { stderr } = await suite.run('kafka-console-producer', args, { stdin: `${'x'.repeat(1_500_000)}\n` })
    await produce(`--topic ${topic}`, 'small\n')
    expect(stderr).toContain('RecordTooLargeException: The request included a message larger than the max message size the server will accept.')
    expect(await consume(`--topic ${topic} --from-beginning --max-messages 1`)).toBe('small\n')
  })

  test('cannot write to the metadata log', async () => {
    const { stderr } = await suite.run('kafka-console-producer', '--topic __cluster_metadata --command-property max.block.ms=1000', { stdin: 'a\n' })
    expect(stderr).toMatch(/Topic __cluster_metadata not present in metadata after 1000 ms/)
  })
})

describe('the consumer', () => {
  test('reads from an offset of a partition, from its beginning and from its end', async () => {
    const topic = await topicWith('a\nb\nc\n')
    const from = (offset: string, rest: string) => consume(`--topic ${topic} --partition 0 --offset ${offset} ${rest}`)
    expect(await from('1', '--max-messages 2')).toBe('b\nc\n')
    expect(await from('earliest', '--max-messages 3')).toBe('a\nb\nc\n')
    expect(await from('latest', '--timeout-ms 500')).toBe('')
    expect(await from('77', '--timeout-ms 1000')).toBe('')
  })

  test('reads one of several partitions', async () => {
    const topic = await topicWith('', 4)
    await produce(`--topic ${topic} --reader-property parse.key=true`, Array.from({ length: 40 }, (_, index) => `${index}\t${index}\n`).join(''))
    const parts = await Promise.all([0, 1, 2, 3].map((partition) => consume(`--topic ${topic} --partition ${partition} --offset earliest --timeout-ms 700`)))
    const all = parts.flatMap((part) => rows(part))
    expect(parts.every((part) => part !== '')).toBe(true)
    expect(all.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index))
  })

  test('goes on in its group where it left off', async () => {
    const topic = await topicWith('a\nb\nc\nd\n')
    const group = unique('group')
    expect(await consume(`--topic ${topic} --group ${group} --from-beginning --max-messages 2`)).toBe('a\nb\n')
    expect(await consume(`--topic ${topic} --group ${group} --max-messages 2`)).toBe('c\nd\n')
    expect(await consume(`--topic ${topic} --group ${group} --timeout-ms 1000`)).toBe('')
  })

  test('takes all topics of a pattern', async () => {
    const prefix = unique('pattern')
    for (const suffix of ['a', 'b']) await produce(`--topic ${prefix}-${suffix}`, `${suffix}\n`)
    expect(rows(await consume(`--include ${prefix}-.* --from-beginning --max-messages 2`)).toSorted()).toEqual(['a', 'b'])
  })

  test('sees plain records when it reads only what is committed', async () => {
    const topic = await topicWith('a\n')
    expect(await consume(`--topic ${topic} --isolation-level read_committed --from-beginning --max-messages 1`)).toBe('a\n')
  })

  test('fetches small parts when told to', async () => {
    const text = Array.from({ length: 300 }, (_, index) => `${index}\n`).join('')
    const topic = await topicWith(text)
    const limits = '--command-property max.partition.fetch.bytes=200 --command-property max.poll.records=7 --command-property fetch.min.bytes=1'
    expect(await consume(`--topic ${topic} --from-beginning --max-messages 300 ${limits}`)).toBe(text)
  })
})

test.each([
  ['DefaultMessageFormatter', 'a\nb\n'],
  ['LoggingMessageFormatter', 'a\nb\n'],
  ['NoOpMessageFormatter', ''],
])('%s', async (formatter, printed) => {
  const topic = await topicWith('a\nb\n')
  const args = `--formatter org.apache.kafka.tools.consumer.${formatter} --from-beginning --max-messages 2`
  expect(await consume(`--topic ${topic} ${args}`)).toBe(printed)
})

describe('the topic of the groups, read by its formatters', () => {
  const read = (formatter: string) =>
    consume(`--topic __consumer_offsets --from-beginning --timeout-ms 1500 --formatter org.apache.kafka.tools.consumer.${formatter}`)

  test('shows committed offsets and generations', async () => {
    const topic = await topicWith('a\nb\n')
    const group = unique('group')
    await consume(`--topic ${topic} --group ${group} --from-beginning --max-messages 2`)
    expect(await read('OffsetsMessageFormatter')).toMatch(
      new RegExp(
        `{"key":{"type":1,"data":{"group":"${group}","topic":"${topic}","partition":0}},"value":{"version":4,"data":{"offset":2,"leaderEpoch":0,"metadata":"","commitTimestamp":\\d{13},"topicId":"\\S{22}"}}}`,
      ),
    )
    expect(await read('GroupMetadataMessageFormatter')).toMatch(
      new RegExp(
        `{"key":{"type":2,"data":{"group":"${group}"}},"value":{"version":3,"data":{"protocolType":"consumer","generation":1,"protocol":"range","leader":"console-consumer-[^"]+","currentStateTimestamp":\\d{13},"members":\\[{"memberId":"console-consumer-[^"]+","groupInstanceId":null,"clientId":"console-consumer","clientHost":"/127.0.0.1","rebalanceTimeout":300000,"sessionTimeout":45000`,
      ),
    )
  })
})
