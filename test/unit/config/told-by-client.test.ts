import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../../src/config/load-config.ts'

const KAFKA = ['process.roles=broker,controller', 'node.id=1', 'controller.listener.names=CONTROLLER', 'controller.quorum.voters=1@localhost:9093']

function toldByClient(profile: 'dev' | 'kafka', ...assignments: readonly string[]): string[] {
  return [...loadConfig({ profile, assignments: profile === 'kafka' ? [...KAFKA, ...assignments] : assignments }).identity.toldByClient]
}

describe('each client is told what it can reach', () => {
  test.each(['0.0.0.0', '', '[::]'])('in the dev profile, of a listener on "%s"', (host) => {
    expect(
      toldByClient(
        'dev',
        `listeners=PLAINTEXT://${host}:9092,HERE://localhost:9094`,
        'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,HERE:PLAINTEXT,CONTROLLER:PLAINTEXT',
      ),
    ).toEqual(['PLAINTEXT'])
  })

  test("in Kafka's, of a listener without a host", () => {
    expect(toldByClient('kafka', 'listeners=PLAINTEXT://:9092,CONTROLLER://localhost:9093')).toEqual(['PLAINTEXT'])
  })
})

describe('all are told the same', () => {
  test.each(['PLAINTEXT://kafka:9092', 'PLAINTEXT://:9092'])('where advertised.listeners is set: %s', (advertised) => {
    expect(toldByClient('dev', 'listeners=PLAINTEXT://0.0.0.0:9092', `advertised.listeners=${advertised}`)).toEqual([])
  })

  test('of listeners that name a host', () => {
    expect(toldByClient('dev')).toEqual([])
    expect(toldByClient('kafka', 'listeners=PLAINTEXT://10.0.0.1:9092,CONTROLLER://localhost:9093')).toEqual([])
  })
})

test("Kafka's profile refuses 0.0.0.0 without advertised.listeners, as Kafka does", () => {
  expect(() => toldByClient('kafka', 'listeners=PLAINTEXT://0.0.0.0:9092,CONTROLLER://localhost:9093')).toThrow('nonroutable meta-address 0.0.0.0')
})

describe('names of listeners in the dev profile', () => {
  test('that are not PLAINTEXT: the first is for brokers', () => {
    const map = 'listener.security.protocol.map=OUT:PLAINTEXT,IN:PLAINTEXT,CONTROLLER:PLAINTEXT'
    expect(loadConfig({ profile: 'dev', assignments: ['listeners=OUT://localhost:1,IN://localhost:2', map] }).identity.interBrokerListenerName).toBe('OUT')
  })

  test('that are secured leave the listener of the controller as it is', () => {
    const { identity } = loadConfig({ profile: 'dev', assignments: ['listeners=SSL://localhost:1'] })
    expect(identity.controllerListeners.map(({ name, protocol }) => [name, protocol])).toEqual([['CONTROLLER', 'PLAINTEXT']])
  })
})
