import { OdradekError } from '../../base/errors.ts'
import { readClientProperties } from '../operations/cluster/client-properties.ts'
import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import { openClient } from '../operations/cluster/open-client.ts'
import type { Options } from './options/parse-options.ts'

const CLIENT_ID = 'adminclient-1'

export interface AdminClientOptions {
  readonly apiTimeoutMs?: number
  readonly clientId?: string
}

/** The client that the options of an admin tool describe. Errors: with the message that Java's has. */
export function adminClient(options: Options, { apiTimeoutMs, clientId = CLIENT_ID }: AdminClientOptions = {}): ClusterClient {
  const file = options.value('command-config')
  const properties = file === null ? new Map<string, string>() : readClientProperties(file)
  const toControllers = options.given.some(({ name }) => name === 'bootstrap-controller')
  const bootstrap = options.value(toControllers ? 'bootstrap-controller' : 'bootstrap-server') ?? ''
  try {
    return openClient({ bootstrap, asksControllers: toControllers, properties, clientId, ...(apiTimeoutMs === undefined ? {} : { apiTimeoutMs }) })
  } catch (cause) {
    if (cause instanceof OdradekError && cause.code === 'CLIENT_BOOTSTRAP')
      throw new OdradekError('CLIENT_CREATE', 'Failed to create new KafkaAdminClient', { cause })
    throw cause
  }
}
