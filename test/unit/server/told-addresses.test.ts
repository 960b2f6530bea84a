import { describe, expect, test } from 'vitest'
import { addressesByClient, isLoopback, reachableHost } from '../../../src/server/told-addresses.ts'

const GATEWAYS = new Set(['172.17.0.1', 'fd00::1'])

function ends(remote: string, local: string) {
  return { listenerName: 'PLAINTEXT', remote: { host: remote, port: 50_000 }, local: { host: local, port: 9092 } }
}

describe('the host that a client is told', () => {
  test.each([
    ['this machine', '127.0.0.1', '127.0.0.1', 'localhost'],
    ['this machine by another loopback address', '127.0.0.7', '127.0.0.1', 'localhost'],
    ['this machine over IPv6', '::1', '::1', 'localhost'],
    ["a container's gateway", '172.17.0.1', '172.17.0.2', 'localhost'],
    ["a container's gateway over IPv6", 'fd00::1', 'fd00::2', 'localhost'],
    ['another container', '172.17.0.3', '172.17.0.2', '172.17.0.2'],
    ['another machine', '192.168.1.20', '192.168.1.10', '192.168.1.10'],
    ['another machine over IPv6', '2001:db8::2', '2001:db8::1', '2001:db8::1'],
    ['this machine by its outer address', '192.168.1.10', '192.168.1.10', '192.168.1.10'],
  ])('by %s is one that it can reach', (_who, remote, local, told) => {
    expect(reachableHost(ends(remote, local), GATEWAYS)).toBe(told)
  })

  test.each(['fe80::2', 'febf::2'])('is not the link-local address %s, which has no meaning elsewhere', (local) => {
    expect(reachableHost(ends('fe80::1', local), GATEWAYS)).toBeNull()
  })
})

describe('addresses by client', () => {
  const addresses = addressesByClient({ nodeId: 1, listenerNames: new Set(['PLAINTEXT']), gateways: GATEWAYS })
  const registered = { host: 'machine', port: 9092 }

  test('keep the port', () => {
    expect(addresses.endpointFor(ends('172.17.0.1', '172.17.0.2'), 1, registered)).toEqual({ host: 'localhost', port: 9092 })
  })

  test('leave other nodes as they are registered', () => {
    expect(addresses.endpointFor(ends('127.0.0.1', '127.0.0.1'), 2, registered)).toEqual(registered)
  })

  test('leave listeners alone whose address was set', () => {
    expect(addresses.endpointFor({ ...ends('127.0.0.1', '127.0.0.1'), listenerName: 'OUTSIDE' }, 1, registered)).toEqual(registered)
  })

  test('fall back to the name of the machine for link-local clients', () => {
    expect(addresses.endpointFor(ends('fe80::1%eth0', 'fe80::2'), 1, registered)).toEqual(registered)
  })
})

test.each([
  ['localhost', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['127.example.org', false],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
])('%s is of this machine alone: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})
