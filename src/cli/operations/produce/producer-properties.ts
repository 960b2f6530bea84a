import { COMPRESSIONS, type Compression } from '../../../../protocol/compression/codecs.ts'
import { OdradekError } from '../../../base/errors.ts'
import { type ClientProperties, milliseconds } from '../cluster/client-properties.ts'
import { type ProducerSettings, defaultProducerSettings as standard } from './producer-settings.ts'

const ACKS: Readonly<Record<string, -1 | 0 | 1>> = { '-1': -1, all: -1, '0': 0, '1': 1 }
const MAX_INT = 2_147_483_647

/** What the properties of a producer say. Errors: CLIENT_PROPERTIES for values that are none, and for what is not done here. */
export function producerSettings(properties: ClientProperties): ProducerSettings {
  if (properties.has('transactional.id')) throw new OdradekError('CLIENT_PROPERTIES', 'transactional.id is not for this program: it writes no transactions.')
  const acks = ACKS[properties.get('acks')?.trim() ?? '-1']
  if (acks === undefined)
    throw new OdradekError('CLIENT_PROPERTIES', `Invalid value ${properties.get('acks')} for configuration acks: String must be one of: all, -1, 0, 1`)
  const asksForIdempotence = properties.get('enable.idempotence')?.trim().toLowerCase()
  if (asksForIdempotence === 'true' && acks !== -1)
    throw new OdradekError('CLIENT_PROPERTIES', 'Must set acks to all in order to use the idempotent producer. Otherwise we cannot guarantee idempotence.')
  return {
    acks,
    compression: compressionOf(properties.get('compression.type')),
    batchBytes: Math.max(1, milliseconds(properties, 'batch.size', standard.batchBytes)),
    lingerMs: milliseconds(properties, 'linger.ms', standard.lingerMs),
    retries: Math.min(MAX_INT, milliseconds(properties, 'retries', standard.retries)),
    retryBackoffMs: milliseconds(properties, 'retry.backoff.ms', standard.retryBackoffMs),
    requestTimeoutMs: milliseconds(properties, 'request.timeout.ms', standard.requestTimeoutMs),
    deliveryTimeoutMs: milliseconds(properties, 'delivery.timeout.ms', standard.deliveryTimeoutMs),
    maxBlockMs: milliseconds(properties, 'max.block.ms', standard.maxBlockMs),
    maxRequestBytes: milliseconds(properties, 'max.request.size', standard.maxRequestBytes),
    bufferBytes: milliseconds(properties, 'buffer.memory', standard.bufferBytes),
    isIdempotent: asksForIdempotence === undefined ? acks === -1 : asksForIdempotence === 'true',
  }
}

export function compressionOf(text: string | undefined): Compression {
  const found = COMPRESSIONS.find((compression) => compression === (text ?? 'none'))
  if (found === undefined) throw new OdradekError('CLIENT_PROPERTIES', `Unknown compression name: ${text}`)
  return found
}
