import type { Random } from '../../base/ports.ts'

/** `prefix` and a random UUID: what clients and tools show as the member's name. */
export function newMemberId(random: Random, prefix: string): string {
  return `${prefix}-${randomUuidText(random)}`
}

/** A version 4 UUID in the form of java.util.UUID. */
function randomUuidText(random: Random): string {
  const bytes = Buffer.from(random.bytes(16))
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
