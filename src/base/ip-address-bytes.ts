const IPV6_GROUPS = 8
/** How an IPv4 address stands in IPv6: `::ffff:a.b.c.d`. */
const MAPPED = Buffer.from('00000000000000000000ffff', 'hex')

/**
 * The 4 or 16 bytes of an address as sockets give it: `127.0.0.1`, `::1`, `fe80::1%eth0` (the zone is left out), `::ffff:10.0.0.1`
 * (4 bytes); null for what is none.
 */
export function ipAddressBytes(text: string): Buffer | null {
  const [address = ''] = text.split('%')
  if (!address.includes(':')) return ipv4Bytes(address)
  const tail = address.slice(address.lastIndexOf(':') + 1)
  const embedded = tail.includes('.') ? ipv4Bytes(tail) : null
  if (tail.includes('.') && embedded === null) return null
  const groups = expanded(
    embedded === null ? address : `${address.slice(0, -tail.length)}${embedded.readUInt16BE(0).toString(16)}:${embedded.readUInt16BE(2).toString(16)}`,
  )
  if (groups === null) return null
  const bytes = Buffer.alloc(2 * IPV6_GROUPS)
  for (const [index, group] of groups.entries()) bytes.writeUInt16BE(Number.parseInt(group, 16), 2 * index)
  return isMapped(bytes) ? bytes.subarray(MAPPED.length) : bytes
}

/** The address of 4 or 16 bytes as text; null for another count. */
export function ipAddressOf(bytes: Uint8Array): string | null {
  if (bytes.length === 2 * IPV6_GROUPS && isMapped(bytes)) return ipAddressOf(bytes.subarray(MAPPED.length))
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.length !== 2 * IPV6_GROUPS) return null
  const view = Buffer.from(bytes)
  return Array.from({ length: IPV6_GROUPS }, (_, index) => view.readUInt16BE(2 * index).toString(16)).join(':')
}

function ipv4Bytes(text: string): Buffer | null {
  const parts = text.split('.')
  const isAddress = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)
  return isAddress ? Buffer.from(parts.map(Number)) : null
}

function expanded(address: string): readonly string[] | null {
  const [head = '', tail, ...more] = address.split('::')
  if (more.length > 0) return null
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = IPV6_GROUPS - front.length - back.length
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const groups = [...front, ...Array.from({ length: missing }, () => '0'), ...back]
  return groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) ? groups : null
}

function isMapped(bytes: Uint8Array): boolean {
  return MAPPED.equals(bytes.subarray(0, MAPPED.length))
}
