import { describe, expect, test } from 'vitest'
import type { Listener } from '../../../src/config/listeners.ts'
import { type ConfigInputs, loadConfig } from '../../../src/config/load-config.ts'

function written(listeners: readonly Listener[]): string[] {
  return listeners.map(({ name, host, port }) => `${name}://${host}:${port}`)
}

function dev(...assignments: string[]) {
  return loadConfig({ profile: 'dev', assignments })
}

describe('the dev profile', () => {
  test('makes a node for one machine that keeps its data beside', () => {
    const { identity, config, warnings } = loadConfig({})
    expect(identity).toMatchObject({ nodeId: 1, isBroker: true, isController: true, logDirs: ['./odradek-data/node-1'], quorumVoters: [] })
    expect(written(identity.listeners)).toEqual(['PLAINTEXT://localhost:9092', 'CONTROLLER://localhost:19092'])
    expect(written(identity.advertisedBrokerListeners)).toEqual(['PLAINTEXT://localhost:9092'])
    expect([config.get('auto.create.topics.enable'), config.get('offsets.topic.replication.factor'), config.get('group.initial.rebalance.delay.ms')]).toEqual([
      true,
      1,
      0,
    ])
    expect(config.get('socket.listen.backlog.size')).toBe(1024)
    expect(warnings).toEqual([])
  })

  test.each([
    [1, 1, 1],
    [2, 2, 2],
    [5, 3, 2],
  ])('of %i nodes keeps %i replicas, %i of them in sync', (nodeCount, replicas, minIsr) => {
    const { config } = loadConfig({ startedAs: { nodeCount, nodeNumber: 2 } })
    expect(config.get('min.insync.replicas')).toBe(minIsr)
    expect([
      config.get('default.replication.factor'),
      config.get('transaction.state.log.replication.factor'),
      config.get('transaction.state.log.min.isr'),
    ]).toEqual([replicas, replicas, minIsr])
  })

  test('gives the third of several nodes its own ports and directory, and the addresses of all', () => {
    const { identity } = loadConfig({ startedAs: { nodeCount: 3, nodeNumber: 3 } })
    expect(written(identity.listeners)).toEqual(['PLAINTEXT://localhost:9094', 'CONTROLLER://localhost:19094'])
    expect(identity).toMatchObject({
      nodeId: 3,
      logDirs: ['./odradek-data/node-3'],
      quorumBootstrapServers: [19_092, 19_093, 19_094].map((port) => ({ host: 'localhost', port })),
    })
  })

  test('gives nodes that are started together their places in what all are told', () => {
    const assignments = ['log.dirs=/a/,/b', 'metadata.log.dir=/c', 'metrics.port=7000', 'odradek.control.port=0']
    const { identity, config } = loadConfig({ startedAs: { nodeCount: 3, nodeNumber: 2 }, assignments })
    expect(identity).toMatchObject({ logDirs: ['/a/node-2', '/b/node-2'], metadataLogDir: '/c/node-2' })
    expect([config.get('metrics.port'), config.get('odradek.control.port')]).toEqual([7001, 0])
  })

  test.each([
    [1, ['broker', 'controller']],
    [5, ['broker', 'controller']],
    [6, ['broker']],
  ])('of nodes that are started together makes the first five voters: node %i has roles %j', (nodeNumber, roles) => {
    const { config, identity } = loadConfig({ startedAs: { nodeCount: 7, nodeNumber } })
    expect(config.get('process.roles')).toEqual(roles)
    expect(identity.quorumBootstrapServers.map(({ port }) => port)).toEqual([19_092, 19_093, 19_094, 19_095, 19_096])
  })

  test('lets a node that others may join begin alone, and have more replicas as they come', () => {
    const { config, identity } = loadConfig({ startedAs: { nodeNumber: 2, clientPort: 7000, isOneOfMany: true } })
    expect(written(identity.listeners)).toEqual(['PLAINTEXT://localhost:7000', 'CONTROLLER://localhost:17000'])
    expect(identity).toMatchObject({ nodeId: 2, logDirs: ['./odradek-data/node-2'], quorumBootstrapServers: [{ host: 'localhost', port: 17_000 }] })
    const names = ['offsets.topic.replication.factor', 'min.insync.replicas', 'odradek.replication.factor.capped'] as const
    expect(names.map((name) => config.get(name))).toEqual([3, 2, true])
    expect([config.get('metrics.port'), config.get('controller.quorum.auto.join.enable')]).toEqual([9405, true])
  })

  test.each([
    [{ nodeCount: 3 }, ['node.id=4'], '--set: node.id=4 cannot be that of all nodes of --nodes: leave it out, or start the nodes one by one'],
    [{ nodeNumber: 2, isOneOfMany: true }, ['node.id=4'], '--set: node.id=4, and the command line says node 2.'],
    [
      { nodeNumber: 2, isOneOfMany: true, clientPort: 7000 },
      ['listeners=PLAINTEXT://:1'],
      '--set: listeners=PLAINTEXT://:1, and the command line says port 7000: leave one out.',
    ],
    [{ nodeNumber: 2, isOneOfMany: true, clientPort: 60_000 }, [], 'Node 2 would have its controller at port 60000 + 10000: give a PORT of at most 55535.'],
  ])('refuses what contradicts the command line: %j and %j', (startedAs, assignments, message) => {
    expect(() => loadConfig({ profile: 'dev', startedAs, assignments })).toThrow(message)
  })

  test.each([
    [{ nodeCount: 3 }, '--nodes belongs to the profile dev'],
    [{ isOneOfMany: true }, 'NODE-ID and PORT belong to the profile dev'],
  ])('is needed for %j', (startedAs, message) => {
    expect(() => loadConfig({ profile: 'kafka', startedAs })).toThrow(message)
  })

  test('takes free ports where asked', () => {
    expect(written(loadConfig({ startedAs: { freePorts: true } }).identity.listeners)).toEqual(['PLAINTEXT://localhost:0', 'CONTROLLER://localhost:0'])
  })

  test('adds its listener for the controller to listeners that have none', () => {
    const { identity, config } = dev('listeners=PLAINTEXT://127.0.0.1:5000')
    expect(written(identity.listeners)).toEqual(['PLAINTEXT://127.0.0.1:5000', 'CONTROLLER://localhost:19092'])
    expect(config.inForce('listeners').origin).toBe('--set, profile dev')
  })

  test('leaves listeners alone that name the controller', () => {
    expect(written(dev('listeners=PLAINTEXT://a:1,CONTROLLER://b:2').identity.listeners)).toEqual(['PLAINTEXT://a:1', 'CONTROLLER://b:2'])
  })

  test.each(['0.0.0.0', '', '[::]'])('tells each client what it can reach for the host "%s", which listens everywhere', (host) => {
    const { identity } = dev(`listeners=PLAINTEXT://${host}:5000`)
    expect(written(identity.advertisedBrokerListeners)).toEqual(['PLAINTEXT://:5000'])
    expect([...identity.toldByClient]).toEqual(['PLAINTEXT'])
  })

  test('advertises what it is told to', () => {
    expect(written(dev('listeners=PLAINTEXT://0.0.0.0:5000', 'advertised.listeners=PLAINTEXT://kafka:9').identity.advertisedBrokerListeners)).toEqual([
      'PLAINTEXT://kafka:9',
    ])
  })
})

describe('the dev profile beside other settings', () => {
  test('listens for the roles that a node has', () => {
    expect(written(dev('process.roles=broker', 'node.id=2').identity.listeners)).toEqual(['PLAINTEXT://localhost:9092'])
    expect(written(dev('process.roles=controller').identity.listeners)).toEqual(['CONTROLLER://localhost:19092'])
  })

  test('looks for no dynamic quorum where a static one is given', () => {
    const { identity } = dev('controller.quorum.voters=1@localhost:19092')
    expect([identity.quorumVoters, identity.quorumBootstrapServers]).toEqual([[{ id: 1, host: 'localhost', port: 19_092 }], []])
  })

  test('lets the controller give way to a port that somebody chose', () => {
    const { identity } = dev('listeners=PLAINTEXT://:19092')
    expect(written(identity.listeners)).toEqual(['PLAINTEXT://:19092', 'CONTROLLER://localhost:19093'])
    expect(identity.quorumBootstrapServers).toEqual([{ host: 'localhost', port: 19_093 }])
  })

  test('adds its listener for the controller to a map of protocols that has none', () => {
    const map = 'listener.security.protocol.map=INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT'
    const { identity, config } = dev('listeners=INSIDE://:1,OUTSIDE://:2', map, 'inter.broker.listener.name=INSIDE')
    expect(written(identity.listeners)).toEqual(['INSIDE://:1', 'OUTSIDE://:2', 'CONTROLLER://localhost:19092'])
    expect(config.inForce('listener.security.protocol.map')).toMatchObject({
      text: 'INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT',
      origin: '--set, profile dev',
    })
  })

  test('makes the node that Testcontainers asks for', () => {
    const environment = {
      ODRADEK_PROFILE: 'dev',
      CLUSTER_ID: '4L6g3nShT-eMCtK--X86sw',
      KAFKA_LISTENERS: 'PLAINTEXT://0.0.0.0:9092,BROKER://0.0.0.0:9093,CONTROLLER://0.0.0.0:9094',
      KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://localhost:32768,BROKER://3f2a:9093',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'BROKER:PLAINTEXT,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'BROKER',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_NODE_ID: '1',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9094',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_LOG_FLUSH_INTERVAL_MESSAGES: '9223372036854775807',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    }
    const { identity, warnings } = loadConfig({ environment })
    expect(written(identity.brokerListeners)).toEqual(['PLAINTEXT://0.0.0.0:9092', 'BROKER://0.0.0.0:9093'])
    expect(written(identity.advertisedBrokerListeners)).toEqual(['PLAINTEXT://localhost:32768', 'BROKER://3f2a:9093'])
    expect([identity.interBrokerListenerName, warnings]).toEqual(['BROKER', []])
  })
})

describe('the kafka profile', () => {
  test('has no values: what a node must be told, it must be told', () => {
    const inputs: ConfigInputs = { profile: 'kafka', assignments: ['node.id=1', 'process.roles=broker'] }
    expect(() => loadConfig(inputs)).toThrow('Missing required configuration "controller.listener.names" which has no default value.')
  })
})
