import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, describe, expect, test } from 'vitest'
import { Odradek } from './odradek.ts'

const FREE_PORTS = ['--set', 'listeners=PLAINTEXT://localhost:0,CONTROLLER://localhost:0']
const workspace = mkdtempSync(join(tmpdir(), 'odradek-program-'))

afterAll(() => rmSync(workspace, { recursive: true, force: true }))

function directory(name: string): string {
  const path = join(workspace, name)
  mkdirSync(path, { recursive: true })
  return path
}

function listenersOf(ready: Readonly<Record<string, unknown>>): readonly string[] {
  return ready.advertised as string[]
}

describe('odradek start', () => {
  test('says who it is, where it listens and what becomes of the data; SIGTERM ends it in order', async () => {
    const data = directory('started')
    await using node = new Odradek(['start', '--profile', 'dev', ...FREE_PORTS, '--set', `log.dirs=${data}`])
    const ready = await node.line('odradek is ready')
    expect(ready).toMatchObject({ nodeId: 1, profile: 'dev', clusterId: expect.stringMatching(/^[\w-]{22}$/) })
    expect(ready.listeners).toEqual([expect.stringMatching(/^PLAINTEXT:\/\/localhost:\d+$/), expect.stringMatching(/^CONTROLLER:\/\/localhost:\d+$/)])
    expect(await node.line('data are kept')).toMatchObject({ directories: [data], flush: expect.stringContaining('by the system') })
    const admin = new Kafka({ brokers: [...listenersOf(ready)], logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    expect(await admin.describeCluster()).toMatchObject({ controller: 1, clusterId: ready.clusterId })
    node.process.kill('SIGTERM')
    expect(await node.exit()).toBe(0)
    await admin.disconnect()
    expect(readdirSync(data)).toContain('.kafka_cleanshutdown')
  })

  test.each(['SIGINT', 'SIGHUP'] as const)('--ephemeral leaves nothing behind when %s ends it, as Ctrl-C and a closed terminal do', async (signal) => {
    const temporary = directory(`ephemeral-${signal}`)
    await using node = new Odradek(['start', '--ephemeral', ...FREE_PORTS], { TMPDIR: temporary })
    await node.line('nothing is kept: the data go with the node')
    expect(readdirSync(temporary)).toHaveLength(1)
    node.process.kill(signal)
    expect(await node.exit()).toBe(0)
    expect(readdirSync(temporary)).toEqual([])
  })

  test('--ephemeral keeps nothing of a configuration that keeps its metadata elsewhere', async () => {
    const kept = directory('kept')
    const elsewhere = ['--set', `log.dirs=${kept}/logs`, '--set', `metadata.log.dir=${kept}/metadata`]
    await using node = new Odradek(['start', '--ephemeral', ...FREE_PORTS, ...elsewhere], { TMPDIR: directory('ephemeral-all') })
    await node.line('nothing is kept: the data go with the node')
    expect(readdirSync(kept)).toEqual([])
    const passedOver = node.lines.filter(({ msg }) => String(msg).startsWith('--ephemeral stands over --set')).map(({ setting }) => setting)
    expect(passedOver).toEqual([`log.dirs=${kept}/logs`, `metadata.log.dir=${kept}/metadata`])
  })

  test('--ephemeral says so where the temporary directory would be read as two', async () => {
    const temporary = directory('a,b')
    await using node = new Odradek(['start', '--ephemeral', ...FREE_PORTS], { TMPDIR: temporary })
    expect(await node.exit()).toBe(1)
    expect(node.err).toContain(`The temporary directory ${temporary} has a comma in its path`)
    expect(readdirSync(temporary)).toEqual([])
  })

  test('a port in use is named, with what to do, before anything is formatted, and nothing is left running', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const data = directory('no-port')
    await using node = new Odradek(['start', '--set', `listeners=PLAINTEXT://localhost:${port},CONTROLLER://localhost:0`, '--set', `log.dirs=${data}`])
    expect(await node.exit()).toBe(1)
    expect(existsSync(join(data, 'meta.properties'))).toBe(false)
    expect(node.err).toContain(`127.0.0.1:${port}`)
    expect(node.err).not.toContain('    at ')
    taken.close()
  })

  test('a value that cannot stand is refused with the place where it was written', async () => {
    const file = join(directory('refused'), 'server.properties')
    writeFileSync(file, 'process.roles=broker,controller\nnode.id=1\nnum.partitions=none\n')
    await using node = new Odradek(['start', '--config', file])
    expect(await node.exit()).toBe(1)
    expect(node.err).toContain(`${file}:3`)
  })

  test('what is not served is refused before anything is written', async () => {
    const data = directory('unserved')
    await using node = new Odradek([
      'start',
      '--set',
      'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      '--set',
      `log.dirs=${data}`,
    ])
    expect(await node.exit()).toBe(1)
    expect(node.err).toContain('StandardAuthorizer asks for ACLs, which are not served yet')
    expect(readdirSync(data)).toEqual([])
  })

  test('a second signal ends it at once, and leaves nothing of an ephemeral node', async () => {
    const temporary = directory('twice')
    await using node = new Odradek(['start', '--ephemeral', ...FREE_PORTS], { TMPDIR: temporary })
    const [address = ''] = listenersOf(await node.line('odradek is ready'))
    // A client that does not end its side holds the node up for a while when it stops.
    const client = connect({ port: Number(address.split(':').at(-1)), host: '127.0.0.1', allowHalfOpen: true })
    await once(client, 'connect')
    client.pause()
    node.process.kill('SIGTERM')
    await node.line('stopping')
    node.process.kill('SIGTERM')
    expect(await node.exit()).toBe(1)
    expect(readdirSync(temporary)).toEqual([])
    client.destroy()
  })

  test('an unknown flag is a mistake of usage', async () => {
    await using node = new Odradek(['start', '--ephemerl'])
    expect(await node.exit()).toBe(2)
    expect(node.err).toBe('`odradek start` has no flag `--ephemerl`. Did you mean `--ephemeral`? See `odradek start --help`.\n')
  })
})

describe('odradek format and config', () => {
  test('a formatted directory starts under the cluster id that it was given', async () => {
    const data = directory('formatted')
    const clusterId = '4L6g3nShT-eMCtK--X86sw'
    await using format = new Odradek(['format', '--set', `log.dirs=${data}`, '--cluster-id', clusterId])
    expect(await format.exit()).toBe(0)
    await using again = new Odradek(['format', '--set', `log.dirs=${data}`])
    expect(await again.exit()).toBe(1)
    expect(again.err).toContain(`Log directory ${data} is already formatted. Use --ignore-formatted`)
    await using node = new Odradek(['start', ...FREE_PORTS, '--set', `log.dirs=${data}`])
    expect(await node.line('odradek is ready')).toMatchObject({ clusterId })
  })

  test('config prints what is in force and where it comes from', async () => {
    await using config = new Odradek(['config', '--profile', 'dev', '--set', 'num.partitions=7'], { KAFKA_LOG_RETENTION_HOURS: '5' })
    expect(await config.exit()).toBe(0)
    expect(config.out.split('\n')).toEqual(
      expect.arrayContaining([
        '# profile dev',
        'num.partitions=7  # --set',
        'log.retention.hours=5  # KAFKA_LOG_RETENTION_HOURS',
        'node.id=1  # profile dev',
        'log.segment.bytes=1073741824  # default',
      ]),
    )
  })
})
