import { describe, expect, test } from 'vitest'
import { ipv4Gateways, ipv6Gateways } from '../../../../src/platform/network/default-gateways.ts'

describe('default gateways', () => {
  test('of IPv4 are read from the routes that lead everywhere', () => {
    const table = [
      'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
      'eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0',
      'eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
      'wg0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0',
      '',
    ].join('\n')
    expect(ipv4Gateways(table)).toEqual(['172.17.0.1'])
  })

  test('of IPv6 are written as sockets write addresses', () => {
    const zero = '0'.repeat(32)
    const table = [
      `fd000000000000000000000000000000 40 ${zero} 00 ${zero} 00000100 00000001 00000000 00000001     eth0`,
      `${zero} 00 ${zero} 00 fd000000000000000000000000000001 00000400 00000001 00000000 00000003     eth0`,
      `${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200       lo`,
    ].join('\n')
    expect(ipv6Gateways(table)).toEqual(['fd00::1'])
  })

  test('are none where there is no table', () => {
    expect([...ipv4Gateways(''), ...ipv6Gateways('')]).toEqual([])
  })
})
