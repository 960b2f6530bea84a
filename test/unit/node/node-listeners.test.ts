import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../../src/config/load-config.ts'
import { listenerSpecs, toldAddresses } from '../../../src/node/node-listeners.ts'

function identityOf(...assignments: readonly string[]) {
  return loadConfig({ profile: 'dev', assignments }).identity
}

describe('listeners of a node', () => {
  test('the dev profile listens on loopback, for clients and for controllers', () => {
    expect(listenerSpecs(identityOf())).toEqual([
      { name: 'PLAINTEXT', kind: 'broker', securityProtocol: 'PLAINTEXT', at: { host: 'localhost', port: 9092 } },
      { name: 'CONTROLLER', kind: 'controller', securityProtocol: 'PLAINTEXT', at: { host: 'localhost', port: 19_092 } },
    ])
  })

  test('a security protocol that is not served is refused by name', () => {
    const identity = identityOf(
      'listeners=SSL://localhost:9093,PLAINTEXT://localhost:9092',
      'listener.security.protocol.map=SSL:SSL,PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    )
    expect(() => listenerSpecs(identity)).toThrow('Listener SSL asks for SSL, and only PLAINTEXT is served.')
  })

  test('clients are told the port in fact bound, and the name of the machine for a listener on all addresses', () => {
    const listeners = [
      { name: 'A', protocol: 'PLAINTEXT', host: '', port: 9092 },
      { name: 'B', protocol: 'PLAINTEXT', host: 'localhost', port: 0 },
    ] as const
    expect(toldAddresses(listeners, 'machine', () => 41_234)).toEqual([
      { name: 'A', host: 'machine', port: 9092 },
      { name: 'B', host: 'localhost', port: 41_234 },
    ])
  })
})
