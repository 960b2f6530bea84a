/**
 * An address as Kafka shows it in DescribeGroups, which is Java's way: `/127.0.0.1`, `/0:0:0:0:0:0:0:1`.
 * Source: java.net.InetAddress.toString, Inet6Address.getHostAddress.
 */
export function clientHostOf(address: string): string {
  return `/${address.includes(':') ? expandIpv6(address) : address}`
}

function expandIpv6(address: string): string {
  const [groups = '', zone] = address.split('%')
  const [head = '', tail] = groups.split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - front.length - back.length }, () => '0')
  const full = [...front, ...zeros, ...back].map((group) => group.replace(/^0+(?=.)/, '')).join(':')
  return zone === undefined ? full : `${full}%${zone}`
}
