import { OdradekError } from '../../../base/errors.ts'
import type { Endpoint } from '../../../base/ports.ts'
import { parseHostPort } from '../../../config/values/host-port.ts'
import { TlsNetwork } from '../../../platform/network/tls-network.ts'
import { nodePorts } from '../../../platform/node-ports.ts'
import type { ClientProperties } from './client-properties.ts'
import { ClusterClient } from './cluster-client.ts'
import { settingsFrom } from './settings-from.ts'

const HIGHEST_PORT = 65_535

export interface OpenOptions {
  /** `HOST:PORT`, several with commas. */
  readonly bootstrap: string
  readonly asksControllers?: boolean
  readonly properties?: ClientProperties
  /** Where the properties name none. */
  readonly clientId: string
  /** In place of what the properties say, in milliseconds. */
  readonly apiTimeoutMs?: number
}

/** Nothing is connected yet. Errors: CLIENT_BOOTSTRAP for what is no address. */
export function openClient({ bootstrap, asksControllers = false, properties = new Map(), clientId, apiTimeoutMs }: OpenOptions): ClusterClient {
  const settings = { ...settingsFrom(properties, clientId), bootstrap: parseBootstrap(bootstrap), asksControllers }
  const ports = nodePorts()
  const { tls } = settings.security
  const network = tls === null ? ports.network : new TlsNetwork(tls)
  return new ClusterClient(apiTimeoutMs === undefined ? settings : { ...settings, apiTimeoutMs }, { ...ports, network })
}

function parseBootstrap(text: string): readonly Endpoint[] {
  const addresses = text.split(',').map((address) => address.trim())
  const endpoints = addresses.filter((address) => address !== '').map((address) => endpoint(address))
  if (endpoints.length === 0) throw new OdradekError('CLIENT_BOOTSTRAP', 'No resolvable bootstrap urls given in bootstrap.servers')
  return endpoints
}

function endpoint(address: string): Endpoint {
  const parsed = parseHostPort(address)
  if (parsed === null || parsed.host === '' || parsed.port > HIGHEST_PORT)
    throw new OdradekError('CLIENT_BOOTSTRAP', `Invalid url in bootstrap.servers: ${address}`, { fields: { address } })
  return { host: parsed.host, port: parsed.port }
}
