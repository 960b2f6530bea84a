import { chmod, chown, mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { areLeftOut } from '../processes/left-out.ts'
import { whyNoNamespaces } from '../processes/network.ts'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { BUILD_MS, type BuiltImage, serviceSource } from './built-image.ts'
import { type Service, type ServiceOptions, startService } from './service.ts'
import { makeServiceNetwork, type ServiceNetwork } from './service-network.ts'

/** Of the image. */
const USER = 1000
const DATA = '/var/lib/message-queue/data'
const CONFIG = '/mnt/shared/config'
const CLUSTER = '4L6g3nShT-eMCtK--X86sw'

/** A node alone, as Kafka's own file says it. */
const MOUNTED = `process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093
controller.quorum.bootstrap.servers=127.0.0.1:9093
`

const cannotRun = areLeftOut(await whyNoNamespaces())
const source = await serviceSource()

describe.skipIf(cannotRun)(`a container, ${source.name}, that cannot start says what is wrong and what to do`, () => {
  let image: BuiltImage | null
  let stack: AsyncDisposableStack
  let network: ServiceNetwork
  let directory: string

  beforeAll(async () => {
    image = await source.image()
  }, BUILD_MS)
  beforeEach(async () => {
    stack = new AsyncDisposableStack()
    network = stack.use(await makeServiceNetwork(['broker']))
    directory = stack.use(await temporaryDirectory()).path
    await chmod(directory, 0o755)
  })
  afterEach(() => stack.disposeAsync())

  const start = (environment: Readonly<Record<string, string>>, more: Partial<ServiceOptions> = {}): Service =>
    stack.use(startService({ machine: network.machine('broker'), directory, environment, ...containerOf(image), ...more }))
  /** Of the container: where it is on this machine. */
  const volume = (path: string): string => (image === null ? join(directory, basename(path)) : join(directory, 'volumes', path.replaceAll('/', '_')))
  const mount = async (file: string, text: string): Promise<void> => {
    await mkdir(volume(CONFIG), { recursive: true })
    await writeFile(join(volume(CONFIG), file), text)
  }
  const refused = async (environment: Readonly<Record<string, string>>, more: Partial<ServiceOptions> = {}): Promise<string> => {
    const service = start(environment, more)
    expect(await service.ended(), service.output()).toBe(1)
    return service.output()
  }

  test.each([
    [{ KAFKA_NUM_PARTITIONS: 'many' }, /KAFKA_NUM_PARTITIONS: Invalid value many for configuration num\.partitions: Not a number/],
    [{ KAFKA_CFG_LISTENERS: 'localhost:9092' }, /KAFKA_CFG_LISTENERS.*Unable to parse localhost:9092 .*listeners are written NAME:\/\/HOST:PORT/],
    [{ CLUSTER_ID: 'mine' }, /KAFKA_CLUSTER_ID=mine is no id of a cluster.*CLUSTER_ID.*kafka-storage random-uuid/],
    [{ ODRADEK_LISTEN: 'yes' }, /ODRADEK_LISTEN=yes: it may be everywhere/],
    [{ KAFKA_LISTENERS: 'SASL_PLAINTEXT://:9092' }, /Listener SASL_PLAINTEXT asks for SASL_PLAINTEXT, and only PLAINTEXT is served/],
  ])('a variable with a value that cannot be: %j', async (environment, message) => {
    expect(await refused(environment)).toMatch(message)
  })

  test('a variable whose name is misspelt is no reason to stop', async () => {
    const service = start({ KAFKA_NUM_PARTITION: '3' })
    await service.printed('odradek is ready')
    expect(service.output()).toContain('KAFKA_NUM_PARTITION: there is no setting num.partition; did you mean num.partitions?')
  })

  test('a volume that belongs to another user', async () => {
    await mkdir(volume(DATA), { recursive: true })
    expect(await refused({}, { uid: USER })).toMatch(/data\/?.* failed: user 1000, who runs the node, may not\. Give that user access to the path/)
  })

  test('a port that another program has', async () => {
    const other = start({})
    await other.printed('odradek is ready')
    const output = await refused({ KAFKA_METRICS_PORT: '9405' }, { directory: stack.use(await temporaryDirectory()).path })
    expect(output).toMatch(/Listening on .*:9092 failed: another program listens there\. Stop it, or choose another port/)
  })

  test('an old volume of another cluster', async () => {
    const old = start({ CLUSTER_ID: CLUSTER })
    await old.printed('odradek is ready')
    await old.stop()
    expect(await refused({ CLUSTER_ID: 'MkU3OEVBNTcwNTJENDM2Qk' })).toMatch(
      new RegExp(`data: it belongs to cluster ${CLUSTER}, expected is MkU3OEVBNTcwNTJENDM2Qk: give this node a directory of its own`),
    )
    expect(await refused({ CLUSTER_ID: CLUSTER, KAFKA_NODE_ID: '2' })).toMatch(
      /data: it belongs to node 1, this is node 2: give this node a directory of its own/,
    )
  })

  test('settings that are mounted under another name', async () => {
    await mount('kraft.properties', 'num.partitions=2\n')
    expect(await refused({})).toContain('There is kraft.properties in')
  })

  test('settings that are mounted stand below variables, and above what the image sets', async () => {
    const properties = {
      'process.roles': 'broker,controller',
      'node.id': 5,
      'controller.listener.names': 'CONTROLLER',
      listeners: 'PLAINTEXT://:7092,CONTROLLER://:7093',
      'controller.quorum.bootstrap.servers': 'broker:7093',
      'num.partitions': 2,
      'compression.type': 'zstd',
    }
    const text = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`)
    await mount('server.properties', text.join(''))
    const service = start({ KAFKA_NUM_PARTITIONS: '4' }, { command: ['config', '--given'] })
    await service.ended()
    expect(service.output()).toMatch(/^# profile kafka$/m)
    expect(service.output()).toMatch(/^num\.partitions=4 {2}# KAFKA_NUM_PARTITIONS$/m)
    expect(service.output()).toMatch(/^listeners=PLAINTEXT:\/\/:7092,CONTROLLER:\/\/:7093 {2}#.*server\.properties:4$/m)
    expect(service.output()).toMatch(/^log\.dirs=.*\/data {2}# ODRADEK_DATA$/m)
  })

  test.each([
    ['metrics.port=9500', '127.0.0.1:9500'],
    ['metrics.port=9500\nmetrics.host=127.0.0.2', '127.0.0.2:9500'],
    ['metrics.host=localhost', 'localhost:9404'],
  ])('its health is found where a mounted file has it: %j', async (settings, at) => {
    await mount('server.properties', `${MOUNTED}${settings}\n`)
    const service = start({})
    await service.printed('odradek is ready')
    expect(await service.exec('healthcheck')).toMatchObject({ exit: 0 })
    expect((await service.exec('odradek', 'health')).stdout).toBe(`The node at ${at} is ready: it serves requests in full.\n`)
  })

  test('a mounted file that serves no health leaves it to the process', async () => {
    await mount('server.properties', `${MOUNTED}metrics.port=0\n`)
    const service = start({})
    await service.printed('odradek is ready')
    expect(await service.exec('healthcheck')).toMatchObject({ exit: 0 })
    expect((await service.exec('odradek', 'health')).stderr).toContain('metrics.port is 0')
  })

  test('a user of the image may write to a volume of his', async () => {
    await mkdir(volume(DATA), { recursive: true })
    await chown(volume(DATA), USER, USER)
    await start({}, { uid: USER }).printed('odradek is ready')
  })
})

function containerOf(image: BuiltImage | null): Pick<ServiceOptions, 'container'> {
  return image === null ? {} : { container: { image, volumes: [CONFIG], isReadOnly: false, user: null, memoryBytes: null } }
}
