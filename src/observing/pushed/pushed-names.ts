import type { OtlpAttributes } from '../../../protocol/otlp/metrics-data.ts'
import { shortText } from '../short-text.ts'

/** What all that clients push begins with at `/metrics`. */
const PREFIX = 'kafka_client_'
/** What the names of Kafka's own metrics begin with (KIP-714). */
const KAFKA_NAMESPACE = 'org.apache.kafka.'
const MAX_NAME_LENGTH = 200
const MAX_LABELS = 16
const MAX_LABEL_NAME_LENGTH = 64
const PLAIN_NAME = /^_?[A-Za-z0-9][A-Za-z0-9_]*$/
/** What is longer is cut. */
export const MAX_LABEL_LENGTH = 256
/** A member's id is another at each start, and says nothing that the client's does not. */
const UNSHOWN: ReadonlySet<string> = new Set(['group_member_id'])

/**
 * The name under which a metric of a client is shown: `kafka_client_producer_record_send_rate` for
 * `org.apache.kafka.producer.record.send.rate`, and a counter ends in `_total`. null for one that is too long.
 */
export function shownName(name: string, isCounter: boolean): string | null {
  if (name === '' || name.length > MAX_NAME_LENGTH) return null
  const own = name.startsWith(KAFKA_NAMESPACE) ? name.slice(KAFKA_NAMESPACE.length) : name
  const shown = `${PREFIX}${sanitized(own)}`
  return isCounter && !shown.endsWith('_total') ? `${shown}_total` : shown
}

/**
 * The labels of one series, by name: of the resource, of the point, and last those that say which client it is. None is empty.
 * null where a name is too long: without it a series might be like another.
 */
export function shownLabels(client: OtlpAttributes, resource: OtlpAttributes, point: OtlpAttributes): ReadonlyMap<string, string> | null {
  const labels = new Map<string, string>()
  for (const attributes of [resource, point]) {
    for (const [name, value] of attributes) {
      if (name.length > MAX_LABEL_NAME_LENGTH) return null
      const label = sanitized(name)
      if (label === '' || UNSHOWN.has(label) || (labels.size >= MAX_LABELS && !labels.has(label))) continue
      labels.set(/^[0-9]/.test(label) ? `_${label}` : label, shortText(value, MAX_LABEL_LENGTH))
    }
  }
  for (const [name, value] of client) labels.set(name, value)
  for (const [name, value] of labels) if (value === '') labels.delete(name)
  return labels
}

/** Of letters, digits and `_`; two at the beginning are for Prometheus itself. */
function sanitized(name: string): string {
  if (PLAIN_NAME.test(name)) return name
  return name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^_{2,}/, '_')
}
