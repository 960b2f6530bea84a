import { readFileSync } from 'node:fs'

const FLAG_GATEWAY = 2

/**
 * The default gateways of this machine, written as sockets give addresses. In a container they are the container's host.
 * None where the system does not tell (it is read on Linux only, where containers are).
 */
export function defaultGateways(): ReadonlySet<string> {
  return new Set([...ipv4Gateways(read('/proc/net/route')), ...ipv6Gateways(read('/proc/net/ipv6_route'))])
}

/** @param table as `/proc/net/route` has it: hexadecimal addresses, the first part last */
export function ipv4Gateways(table: string): string[] {
  return rowsOf(table).flatMap(([, destination, gateway = '', flags = '']) => {
    const isDefault = destination === '00000000' && (Number.parseInt(flags, 16) & FLAG_GATEWAY) !== 0
    return isDefault ? [[...Buffer.from(gateway, 'hex')].reverse().join('.')] : []
  })
}

/** @param table as `/proc/net/ipv6_route` has it: destination, its prefix, source, its prefix, next hop, metric, uses, flags */
export function ipv6Gateways(table: string): string[] {
  return rowsOf(table).flatMap(([destination, prefix, , , nextHop = '', , , , flags = '']) => {
    const isDefault = /^0{32}$/.test(destination ?? '') && prefix === '00' && (Number.parseInt(flags, 16) & FLAG_GATEWAY) !== 0
    return isDefault ? [shortIpv6(nextHop)] : []
  })
}

function rowsOf(table: string): string[][] {
  return table.split('\n').map((line) => line.trim().split(/\s+/))
}

/** `fd000000000000000000000000000001` as `fd00::1`. */
function shortIpv6(hexadecimal: string): string {
  const groups = hexadecimal.match(/.{4}/g) ?? []
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // Not Linux, or without this family: no gateway is known then, and clients are told what others are.
    return ''
  }
}
