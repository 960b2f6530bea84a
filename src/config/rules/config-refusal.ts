/** Why settings cannot be written, in Kafka's words. */
export interface ConfigRefusal {
  /** Kafka calls some refusals INVALID_CONFIG and others INVALID_REQUEST. */
  readonly kind: 'config' | 'request'
  readonly message: string
}

export function refusedConfig(message: string): ConfigRefusal {
  return { kind: 'config', message }
}

export function refusedRequest(message: string): ConfigRefusal {
  return { kind: 'request', message }
}
