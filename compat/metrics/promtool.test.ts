import { Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { freePorts } from '../../test/support/free-ports.ts'
import { metricSections } from '../../test/support/metrics-document.ts'
import { type CommandResult, runCommand } from '../support/command.ts'
import { startOdradek } from '../support/odradek-process.ts'

/** Of the Debian package `prometheus`, or where the variable says. */
const PROMTOOL = process.env.PROMTOOL ?? 'promtool'
/** What it answers when the text is good and names are not to its taste. */
const LINTED = 3
/** The guide's names, which are as they are. */
const NAMED_BY_THE_GUIDE = /_per_sec$/

const isHere = (await runCommand(PROMTOOL, ['--version']).catch(() => null)) !== null
if (!isHere) console.warn('The metrics were not read by promtool: it is not here (Debian: apt-get install prometheus; elsewhere set PROMTOOL).')

test.skipIf(!isHere)('promtool takes the metrics of a node that has served clients, and has nothing to say of names of our own', async () => {
  const [port = 0] = await freePorts(1)
  await using odradek = await startOdradek({ settings: { 'metrics.port': port } })
  await serveClients(odradek.bootstrap)
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  expect(text).toContain('request_duration_seconds_bucket{api="Produce"')
  const said = await runCommand(PROMTOOL, ['check', 'metrics'], { stdin: text })
  expect([0, LINTED]).toContain(said.exit)
  expect(complaints(said)).toEqual([])
})

test.skipIf(!isHere)('promtool refuses what is no exposition, and has something to say of a name that is not as it should be', async () => {
  const check = (text: string) => runCommand(PROMTOOL, ['check', 'metrics'], { stdin: text })
  expect((await check('# HELP requests_total What.\n# TYPE requests_total counter\nrequests_total{api="Fetch} 1\n')).exit).toBe(1)
  const odd = await check('# HELP requests_total What.\n# TYPE requests_total gauge\nrequests_total{api="Fetch"} 1\n')
  expect(odd.exit).toBe(LINTED)
  expect(complaints(odd)).toHaveLength(1)
})

/** Of names that are ours to choose. */
function complaints({ stdout, stderr }: CommandResult): readonly string[] {
  const own = new Set(metricSections.flatMap(({ sheets }) => sheets.flatMap(({ metrics }) => metrics.map(({ name }) => name))))
  return `${stdout}${stderr}`.split('\n').filter((line) => {
    const [name = ''] = line.split(' ')
    return own.has(name) && !name.startsWith('kafka_') && !NAMED_BY_THE_GUIDE.test(name)
  })
}

async function serveClients(bootstrap: string): Promise<void> {
  const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING })
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic: 'orders', messages: [{ value: 'x' }] })
  await producer.disconnect()
  const consumer = kafka.consumer({ groupId: 'readers' })
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  await new Promise<void>((resolve, reject) => void consumer.run({ eachMessage: async () => resolve() }).catch(reject))
  await consumer.disconnect()
}
