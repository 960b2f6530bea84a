import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../../src/config/load-config.ts'
import { listenerSpecs, toldAddresses, warnOfOpenListeners } from '../../../src/node/node-listeners.ts'
import { type Line, recordingLogger } from '../server/harness.ts'

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

describe('listening beyond this machine', () => {
  function warningsFor(...hosts: readonly string[]): unknown[] {
    const lines: Line[] = []
    const specs = hosts.map((host, index) => ({ name: `L${index}`, kind: 'broker', securityProtocol: 'PLAINTEXT', at: { host, port: 9092 } }) as const)
    warnOfOpenListeners(specs, (name) => specs.find((spec) => spec.name === name)?.at, recordingLogger(lines))
    return lines.map(({ level, fields }) => [level, fields.listeners])
  }

  test('is warned of once, with the listeners that do', () => {
    expect(warningsFor('127.0.0.1', '::', '10.0.0.1')).toEqual([['warn', ['L1://[::]:9092', 'L2://10.0.0.1:9092']]])
  })

  test('is not warned of on loopback', () => {
    expect(warningsFor('127.0.0.1', '::1')).toEqual([])
  })
})
