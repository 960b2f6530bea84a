import { type ClientProperties, milliseconds } from './client-properties.ts'
import { securityFrom } from './client-security.ts'
import { type ClientSettings, DEFAULT_API_TIMEOUT_MS, DEFAULT_REQUEST_TIMEOUT_MS, DEFAULT_RETRY_BACKOFF_MS } from './client-settings.ts'

/** What the properties say of how a cluster is asked. Errors: CLIENT_PROPERTIES for what is not spoken here. */
export function settingsFrom(properties: ClientProperties, clientId: string): Omit<ClientSettings, 'bootstrap'> {
  return {
    clientId: properties.get('client.id') ?? clientId,
    security: securityFrom(properties),
    requestTimeoutMs: milliseconds(properties, 'request.timeout.ms', DEFAULT_REQUEST_TIMEOUT_MS),
    apiTimeoutMs: milliseconds(properties, 'default.api.timeout.ms', DEFAULT_API_TIMEOUT_MS),
    retryBackoffMs: milliseconds(properties, 'retry.backoff.ms', DEFAULT_RETRY_BACKOFF_MS),
  }
}
