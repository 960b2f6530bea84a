import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePorts } from '../support/free-ports.ts'
import { type Container, type ContainerEngine, findEngine, type ImageConfig } from './container-engine.ts'

const REPOSITORY = join(import.meta.dirname, '../..')
const TAG = `localhost/odradek-test:${process.pid}`

const engine = await findEngine()
if (typeof engine === 'string') console.warn(`The image was not built and not run: ${engine}.`)

describe.skipIf(typeof engine === 'string')(typeof engine === 'string' ? `the image (not run: ${engine})` : `the image, by ${engine.name}`, () => {
  const { build, inspect, start, remove } = engine as ContainerEngine
  let config: ImageConfig
  let container: Container
  let env: Readonly<Record<string, string>>
  let ports: readonly [number, number]

  beforeAll(async () => {
    const built = await build(TAG, REPOSITORY)
    expect(built, built.stderr).toMatchObject({ exit: 0 })
    config = await inspect(TAG)
    const [port = 0, metricsPort = 0, controllerPort = 0] = await freePorts(3)
    ports = [port, metricsPort]
    env = {
      KAFKA_LISTENERS: `PLAINTEXT://:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_METRICS_PORT: String(metricsPort),
    }
    container = await start(TAG, env, ports)
    await container.printed('odradek is ready')
  }, 700_000)

  afterAll(async () => {
    await container?.[Symbol.asyncDispose]()
    await remove(TAG)
  })

  test('says what it needs, and does not run as root', async () => {
    expect(config).toMatchObject({
      user: 'node',
      entrypoint: ['odradek'],
      command: ['start'],
      ports: ['9092/tcp', '9404/tcp'],
      volumes: ['/var/lib/odradek'],
      healthcheck: ['CMD', 'healthcheck'],
    })
    expect((await container.exec({}, ['id', '-un'])).stdout).toBe('node\n')
    console.log(`The image has ${Math.round(config.sizeBytes / 1e6)} MB.`)
  })

  test('serves clients outside of it', async () => {
    const kafka = new Kafka({ brokers: [`127.0.0.1:${ports[0]}`], logLevel: logLevel.NOTHING })
    const producer = kafka.producer()
    await producer.connect()
    await producer.send({ topic: 'orders', messages: [{ value: 'one spool of thread' }] })
    await producer.disconnect()
    const consumer = kafka.consumer({ groupId: 'warehouse' })
    await consumer.connect()
    await consumer.subscribe({ topic: 'orders', fromBeginning: true })
    const value = await new Promise((resolve, reject) => {
      consumer.run({ eachMessage: async ({ message }) => resolve(message.value?.toString()) }).catch(reject)
    })
    await consumer.disconnect()
    expect(value).toBe('one spool of thread')
  })

  test('is healthy while the node serves, and not where nobody answers', async () => {
    expect(await container.exec({ KAFKA_METRICS_PORT: String(ports[1]) }, config.healthcheck.slice(1))).toMatchObject({ exit: 0 })
    const [nobody] = await freePorts(1)
    expect((await container.exec({ KAFKA_METRICS_PORT: String(nobody) }, config.healthcheck.slice(1))).exit).not.toBe(0)
    expect(await container.exec({ KAFKA_METRICS_PORT: '0' }, config.healthcheck.slice(1))).toMatchObject({ exit: 0 })
  })

  test('holds the program and what it needs, and no sources or tools for building', async () => {
    const { stdout } = await container.exec({}, ['ls', '/opt/odradek', '/opt/odradek/dist', '/opt/odradek/node_modules'])
    expect(stdout).toMatch(/^pino$/m)
    expect(stdout).not.toMatch(/^(typescript|rolldown|vitest|types)$/m)
  })

  test('stops in order when it is told to', async () => {
    await container.stop()
    expect(container.output()).toContain('"msg":"stopping"')
    expect(container.output()).not.toMatch(/"level":"(error|fatal)"/)
  })
})
