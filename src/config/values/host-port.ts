export interface HostPort {
  readonly host: string
  readonly port: number
}

const MAX_INT = 2_147_483_647

/** `[scheme://]host:port` as Kafka reads it, an IPv6 address in brackets; null when it has not that form. The host may be empty. */
export function parseHostPort(text: string): HostPort | null {
  const match = /^(?:[0-9a-zA-Z\-%._]*:\/\/)?\[?([0-9a-zA-Z\-%._:]*)\]?:([0-9]+)$/.exec(text)
  if (match === null) return null
  const port = Number(match[2])
  return port > MAX_INT ? null : { host: match[1] ?? '', port }
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
