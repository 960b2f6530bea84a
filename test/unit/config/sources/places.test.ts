import { describe, expect, test } from 'vitest'
import type { Listener } from '../../../../src/config/listeners.ts'
import { type ConfigInputs, loadConfig } from '../../../../src/config/load-config.ts'

const EVERYWHERE = { ODRADEK_LISTEN: 'everywhere' }

function listenersOf(inputs: ConfigInputs): string[] {
  return written(loadConfig(inputs).identity.listeners)
}

function written(listeners: readonly Listener[]): string[] {
  return listeners.map(({ name, host, port }) => `${name}://${host}:${port}`)
}

describe('ODRADEK_LISTEN=everywhere', () => {
  test('opens the listener for clients and that for metrics on all addresses, and tells each client what it can reach', () => {
    const { identity, config } = loadConfig({ environment: EVERYWHERE })
    expect(written(identity.listeners)).toEqual(['PLAINTEXT://:9092', 'CONTROLLER://localhost:19092'])
    expect([...identity.toldByClient]).toEqual(['PLAINTEXT'])
    expect([config.get('metrics.host'), config.inForce('metrics.host').origin]).toEqual(['', 'ODRADEK_LISTEN'])
  })

  test('opens that of a controller, too, which others may join', () => {
    expect(listenersOf({ environment: EVERYWHERE, startedAs: { nodeNumber: 2, isOneOfMany: true } })).toEqual(['PLAINTEXT://:9093', 'CONTROLLER://:19093'])
  })

  test('listens where clients are told to come, as images of Apache Kafka and Confluent do', () => {
    const KAFKA_ADVERTISED_LISTENERS = 'INSIDE://kafka:29092, OUTSIDE://[::1]:9092'
    const KAFKA_LISTENER_SECURITY_PROTOCOL_MAP = 'INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT'
    const environment = { ...EVERYWHERE, KAFKA_ADVERTISED_LISTENERS, KAFKA_LISTENER_SECURITY_PROTOCOL_MAP, KAFKA_INTER_BROKER_LISTENER_NAME: 'INSIDE' }
    expect(listenersOf({ environment })).toEqual(['INSIDE://:29092', 'OUTSIDE://:9092', 'CONTROLLER://localhost:19092'])
  })

  test('does not where the command line gives the port', () => {
    const environment = { ...EVERYWHERE, KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://localhost:29092' }
    expect(listenersOf({ environment, startedAs: { clientPort: 7000 } })[0]).toBe('PLAINTEXT://:7000')
  })

  test('leaves alone what somebody set', () => {
    const { config } = loadConfig({ environment: { ...EVERYWHERE, KAFKA_LISTENERS: 'PLAINTEXT://localhost:1' }, assignments: ['metrics.host=localhost'] })
    expect(config.get('listeners')[0]).toBe('PLAINTEXT://localhost:1')
    expect(config.get('metrics.host')).toBe('localhost')
  })

  test.each(['', undefined])('is not in force for %j', (ODRADEK_LISTEN) => {
    expect(listenersOf({ environment: { ODRADEK_LISTEN } })[0]).toBe('PLAINTEXT://localhost:9092')
  })

  test('says nothing else', () => {
    expect(() => loadConfig({ environment: { ODRADEK_LISTEN: 'yes' } })).toThrow('ODRADEK_LISTEN=yes: it may be everywhere, or not be set')
  })
})

describe('ODRADEK_DATA', () => {
  test('is where the data lie when no setting says so, in either profile', () => {
    const environment = { ODRADEK_DATA: '/data' }
    const kafka = 'process.roles=broker,controller\nnode.id=1\nlisteners=PLAINTEXT://:1,C://:2\ncontroller.listener.names=C\ncontroller.quorum.voters=1@h:2\n'
    const files = [{ path: 'server.properties', text: kafka }]
    expect(loadConfig({ environment }).identity.logDirs).toEqual(['/data'])
    expect(loadConfig({ environment, files }).identity.logDirs).toEqual(['/data'])
    expect(loadConfig({ environment, files, assignments: ['log.dir=/other'] }).identity.logDirs).toEqual(['/other'])
    expect(loadConfig({ environment, startedAs: { nodeCount: 3, nodeNumber: 2 } }).identity.logDirs).toEqual(['/data/node-2'])
  })
})

describe('the id of the cluster', () => {
  test.each([
    [{}, null],
    [{ KAFKA_CLUSTER_ID: '' }, null],
    [{ KAFKA_CLUSTER_ID: '4L6g3nShT-eMCtK--X86sw' }, '4L6g3nShT-eMCtK--X86sw'],
    [{ KAFKA_KRAFT_CLUSTER_ID: 'MkU3OEVBNTcwNTJENDM2Qg==' }, 'MkU3OEVBNTcwNTJENDM2Qg=='],
    [{ CLUSTER_ID: 'of something else' }, null],
  ])('of %j is %s', (environment, id) => {
    expect(loadConfig({ environment }).clusterId).toBe(id)
  })

  test('must be one', () => {
    expect(() => loadConfig({ environment: { KAFKA_CLUSTER_ID: 'mine' } })).toThrow('KAFKA_CLUSTER_ID=mine is no id of a cluster')
  })
})

describe('variables for a JVM or ZooKeeper', () => {
  test('are told of in one sentence', () => {
    expect(loadConfig({ environment: { KAFKA_OPTS: '-X', KAFKA_HEAP_OPTS: '-Y' } }).notices).toEqual([
      'passed over, as there is no JVM here: KAFKA_HEAP_OPTS, KAFKA_OPTS',
    ])
    const [notice, ...more] = loadConfig({ environment: { KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181', KAFKA_BROKER_ID: '3' } }).notices
    expect([notice, more]).toEqual([
      expect.stringMatching(/neither a JVM nor ZooKeeper here: KAFKA_ZOOKEEPER_CONNECT\. The node keeps the metadata itself/),
      [],
    ])
    expect(loadConfig({}).notices).toEqual([])
  })

  test('leave the number of the node, unless ZooKeeper was to give it', () => {
    expect(loadConfig({ environment: { KAFKA_BROKER_ID: '3' } }).identity.nodeId).toBe(3)
    expect(loadConfig({ environment: { KAFKA_BROKER_ID: '-1' } }).identity.nodeId).toBe(1)
  })
})
