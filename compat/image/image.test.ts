import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KAFKA_VERSION } from '../../src/cli/kafka/kafka-program.ts'
import { KAFKA_STORAGE, otherKafkaPrograms, workingKafkaPrograms } from '../../src/cli/kafka/kafka-programs.ts'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { type Container, type ContainerEngine, findEngine, type ImageConfig } from './container-engine.ts'
import { REPOSITORY } from './image-files.ts'
import { roundTrip, WRITTEN } from './started-services.ts'

const TAG = `localhost/odradek-test:${process.pid}`
const PORT = 9092

/** Where other images have their data, and this one. */
const VOLUMES = ['/var/lib/message-queue/data', '/var/lib/kafka/data', '/bitnami/kafka/data']

/** What a program answers to `--version`: its exit code, where it was found, and a line. */
function answerOf(name: string): RegExp {
  const at = `/opt/kafka/bin/${name}(\\.sh)?`
  const isScript = name === 'kafka-server-start'
  const works = `0 ${at} ${KAFKA_VERSION.replaceAll('.', '\\.')}$`
  const answer =
    isScript || name === KAFKA_STORAGE ? `1 ${at} usage: ${name}` : workingKafkaPrograms.includes(name) ? works : `1 ${at} \`${name}\` is not here\\. `
  return new RegExp(` ${answer}`)
}

const engine = await findEngine()
if (typeof engine === 'string') console.warn(`The image was not built and not run: ${engine}.`)

describe.skipIf(typeof engine === 'string')(typeof engine === 'string' ? `the image (not run: ${engine})` : `the image, by ${engine.name}`, () => {
  const { build, inspect, start, remove } = engine as ContainerEngine
  let config: ImageConfig
  let container: Container

  beforeAll(async () => {
    const built = await build(TAG, REPOSITORY)
    expect(built, built.stderr).toMatchObject({ exit: 0 })
    config = await inspect(TAG)
    container = await start(TAG, { publish: [`${PORT}:${PORT}`] })
    await container.printed('odradek is ready')
  }, 700_000)

  afterAll(async () => {
    await container?.[Symbol.asyncDispose]()
    await remove(TAG)
  })

  test('says what it needs, and does not run as root', async () => {
    expect(config).toMatchObject({
      user: '1000',
      entrypoint: ['entrypoint'],
      command: ['start'],
      ports: ['9092/tcp', '9404/tcp'],
      volumes: ['/var/lib/message-queue/data'],
      healthcheck: ['CMD', 'healthcheck'],
    })
    expect((await container.exec({}, ['id', '-un'])).stdout).toBe('node\n')
    console.log(`The image has ${Math.round(config.sizeBytes / 1e6)} MB.`)
  })

  test('serves clients outside of it, without a variable', async () => {
    expect(await roundTrip(container.client, `localhost:${PORT}`, 'orders')).toEqual({ read: WRITTEN, brokers: [`1@localhost:${PORT}`] })
  })

  test('keeps the data in its volume', async () => {
    expect((await container.exec({}, ['ls', '/var/lib/message-queue/data'])).stdout).toMatch(/^orders-0$/m)
  })

  test('is healthy while the node serves, and not where nobody answers', async () => {
    expect(await container.exec({}, config.healthcheck.slice(1))).toMatchObject({ exit: 0 })
    // As before the node has written where it may be asked.
    const unsaid = { ODRADEK_METRICS_FILE: '/tmp/not-written' }
    expect((await container.exec({ ...unsaid, KAFKA_METRICS_PORT: '19404' }, config.healthcheck.slice(1))).exit).not.toBe(0)
    expect(await container.exec({ ...unsaid, KAFKA_METRICS_PORT: '0' }, config.healthcheck.slice(1))).toMatchObject({ exit: 0 })
  })

  test.each([
    ['kafka-topics.sh', '--bootstrap-server', `localhost:${PORT}`, '--list'],
    ['/opt/kafka/bin/kafka-topics.sh', '--bootstrap-server', `localhost:${PORT}`, '--list'],
    ['kafka-topics', '--bootstrap-server', `localhost:${PORT}`, '--describe', '--topic', 'orders'],
    ['kafka-broker-api-versions.sh', '--bootstrap-server', `localhost:${PORT}`],
    ['nc', '-z', 'localhost', String(PORT)],
    ['sh', '-c', `nc -vz localhost ${PORT} || exit 1`],
    ['bash', '-c', `echo > /dev/tcp/localhost/${PORT}`],
  ])('answers the health checks of other images: %s', async (...command) => {
    const result = await container.exec({}, command)
    expect(result, result.stderr).toMatchObject({ exit: 0 })
  })

  test('has the programs of Kafka’s names, with and without .sh: each works, or says what does its work', async () => {
    const script =
      'for path in /opt/kafka/bin/kafka-*; do name=$(basename "$path"); said=$("$name" --version 2>&1 </dev/null); echo "$name $? $(command -v "$name") $(head -n 1 <<<"$said")"; done'
    const { stdout } = await container.exec({}, ['bash', '-c', script])
    const said = stdout.trimEnd().split('\n')
    const names = [...workingKafkaPrograms, ...Object.keys(otherKafkaPrograms)].flatMap((name) => [name, `${name}.sh`])
    expect(said.map((line) => line.split(' ')[0]).toSorted()).toEqual(names.toSorted())
    for (const line of said) expect(line).toMatch(answerOf(line.split(' ')[0]?.replace('.sh', '') ?? ''))
  })

  test('lets its user write where data and scripts of other images are, and nowhere else', async () => {
    const script = 'find / -xdev \\( -user node -o -perm -0002 \\) ! -type l ! -path "/dev/*" ! -path "/proc/*" ! -path "/tmp/*" -print 2>/dev/null | sort'
    const { stdout } = await container.exec({}, ['sh', '-c', script])
    const outside = stdout
      .trimEnd()
      .split('\n')
      .filter((path) => !/^\/(bitnami|etc\/confluent|home\/node|var\/lib\/kafka|var\/lib\/message-queue)(\/|$)/.test(path))
    expect(outside.filter((path) => !['/run/lock', '/tmp', '/var/tmp'].includes(path))).toEqual([])
    const owners = await container.exec({}, ['stat', '-c', '%U:%G %a %n', ...VOLUMES])
    expect(owners.stdout.trimEnd().split('\n')).toEqual(VOLUMES.map((path) => `node:root 775 ${path}`))
  })

  test('finds its own programs before those of the system', async () => {
    const { stdout } = await container.exec({}, ['bash', '-c', 'command -v odradek kafka-topics kafka-topics.sh entrypoint healthcheck nc; echo "$PATH"'])
    expect(stdout).toBe(
      [
        '/opt/odradek/bin/odradek',
        '/opt/kafka/bin/kafka-topics',
        '/opt/kafka/bin/kafka-topics.sh',
        '/usr/local/bin/entrypoint',
        '/usr/local/bin/healthcheck',
        '/usr/local/bin/nc',
        '/opt/odradek/bin:/opt/kafka/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n',
      ].join('\n'),
    )
  })

  test('nc says where nobody listens', async () => {
    expect(await container.exec({}, ['nc', '-z', 'localhost', '19092'])).toMatchObject({ exit: 0 })
    expect(await container.exec({}, ['nc', '-z', '-w', '1', 'localhost', '7'])).toMatchObject({ exit: 1 })
  })

  test('has what scripts of other images expect, and may be written where they write', async () => {
    const script =
      'echo >> /etc/confluent/docker/configure && sed -i s/x/x/ /etc/confluent/docker/ensure && touch /tmp/here zookeeper.properties && zookeeper-server-start x'
    const result = await container.exec({}, ['sh', '-c', script])
    expect(result, result.stderr).toMatchObject({ exit: 0 })
  })

  test.each([
    ['/var/lib/kafka/data', '/var/lib/kafka/data'],
    ['/bitnami', '/bitnami/kafka/data'],
    ['/bitnami/kafka', '/bitnami/kafka/data'],
    ['/mnt/elsewhere', '/var/lib/message-queue/data'],
  ])('keeps the data where other images do when a volume is there: %s', async (at, expected) => {
    await using directory = await temporaryDirectory()
    await using other = await start(TAG, { volumes: [`${directory.path}:${at}`], command: ['sh', '-c', 'echo "data in $ODRADEK_DATA."; exec sleep 60'] })
    await other.printed(`data in ${expected}.`)
  })

  test('holds the program and what it needs, and no sources or tools for building', async () => {
    const { stdout } = await container.exec({}, ['ls', '/opt/odradek', '/opt/odradek/dist', '/opt/odradek/node_modules', '/usr/local/bin'])
    expect(stdout).toMatch(/^pino$/m)
    expect(stdout).not.toMatch(/^(typescript|rolldown|vitest|types|npm|yarn)$/m)
  })

  test('stops in order when it is told to', async () => {
    await container.stop()
    expect(container.output()).toContain('"msg":"stopping"')
    expect(container.output()).not.toMatch(/"level":"(error|fatal)"/)
  })
})
