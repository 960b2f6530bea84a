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
    const { config } = loadConfig({ nodeCount, nodeNumber: 2 })
    expect([
      config.get('default.replication.factor'),
      config.get('transaction.state.log.replication.factor'),
      config.get('transaction.state.log.min.isr'),
    ]).toEqual([replicas, replicas, minIsr])
  })

  test('gives the third of several nodes its own ports and directory, and the address of the first', () => {
    const { identity } = loadConfig({ nodeCount: 3, nodeNumber: 3 })
    expect(written(identity.listeners)).toEqual(['PLAINTEXT://localhost:9094', 'CONTROLLER://localhost:19094'])
    expect(identity).toMatchObject({ nodeId: 3, logDirs: ['./odradek-data/node-3'], quorumBootstrapServers: [{ host: 'localhost', port: 19_092 }] })
  })

  test('takes free ports where asked', () => {
    expect(written(loadConfig({ freePorts: true }).identity.listeners)).toEqual(['PLAINTEXT://localhost:0', 'CONTROLLER://localhost:0'])
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
