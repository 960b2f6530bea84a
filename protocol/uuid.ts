declare const uuidBrand: unique symbol

/**
 * Kafka's uuid in the form that its tools print: the 16 bytes in URL-safe base64 without padding, 22 characters.
 * A string, so that it is compared with `===`, is a key of a Map and reads well in a log.
 */
export type Uuid = string & { readonly [uuidBrand]: true }

/** The value that stands for "no id". Source: org.apache.kafka.common.Uuid. */
export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA' as Uuid
/** Reserved: the topic id of `__cluster_metadata`. */
export const METADATA_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ' as Uuid

/** @param bytes exactly 16, taken from `offset` */
export function uuidFromBytes(bytes: Buffer, offset = 0): Uuid {
  return bytes.toString('base64url', offset, offset + 16) as Uuid
}

/** Writes the 16 bytes of `uuid` to `target` at `offset`. */
export function writeUuid(uuid: Uuid, target: Buffer, offset: number): void {
  target.write(uuid, offset, 16, 'base64url')
}

/** null when `text` is not 22 URL-safe base64 characters that stand for exactly 16 bytes. */
export function parseUuid(text: string): Uuid | null {
  return /^[A-Za-z0-9_-]{21}[AQgw]$/.test(text) ? (text as Uuid) : null
}

/**
 * Kafka never hands out ids that begin with `-` (tools would take them for flags), nor its reserved ones.
 * @param randomBytes gives 16 fresh random bytes at each call
 */
export function randomUuid(randomBytes: (count: number) => Buffer): Uuid {
  for (;;) {
    const bytes = Buffer.from(randomBytes(16))
    bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
    bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
    const uuid = uuidFromBytes(bytes)
    if (!uuid.startsWith('-')) return uuid
  }
}
