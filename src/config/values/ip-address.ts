export function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255)
}

/** Eight groups of hexadecimal digits, `::` for some that are zero, an IPv4 address for the last two; a zone may follow. */
export function isIpv6(text: string): boolean {
  const [address = '', ...zone] = text.split('%')
  if (zone.length > 1 || zone[0] === '') return false
  const [head = '', tail, ...more] = address.split('::')
  if (more.length > 0) return false
  const count = countGroups(head, tail === undefined) + (tail === undefined ? 0 : countGroups(tail, true))
  return tail === undefined ? count === 8 : count <= 7
}

/** NaN when a group is none. `mayEndInIpv4`: these groups are the last of the address. */
function countGroups(text: string, mayEndInIpv4: boolean): number {
  if (text === '') return 0
  let count = 0
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(group)) count += 1
    else if (mayEndInIpv4 && index === groups.length - 1 && isIpv4(group)) count += 2
    else return Number.NaN
  }
  return count
}

export function isIpAddress(text: string): boolean {
  return isIpv4(text) || isIpv6(text)
}
