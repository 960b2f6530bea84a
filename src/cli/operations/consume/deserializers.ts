/** Makes text of a key, a value or a header. */
export type Deserializer = (bytes: Buffer) => string

const PACKAGE = 'org.apache.kafka.common.serialization.'

/** By Java's names without their package. Source: org.apache.kafka.common.serialization of 4.3.1. */
const DESERIALIZERS: Readonly<Record<string, Deserializer>> = {
  StringDeserializer: (bytes) => bytes.toString(),
  BooleanDeserializer: (bytes) => String(sized(bytes, 1, 'BooleanDeserializer').readInt8() !== 0),
  ShortDeserializer: (bytes) => String(sized(bytes, 2, 'ShortDeserializer').readInt16BE()),
  IntegerDeserializer: (bytes) => String(sized(bytes, 4, 'IntegerDeserializer').readInt32BE()),
  LongDeserializer: (bytes) => String(sized(bytes, 8, 'LongDeserializer').readBigInt64BE()),
  FloatDeserializer: (bytes) => javaNumber(Math.fround(sized(bytes, 4, 'Deserializer').readFloatBE())),
  DoubleDeserializer: (bytes) => javaNumber(sized(bytes, 8, 'Deserializer').readDoubleBE()),
  UUIDDeserializer: (bytes) => bytes.toString(),
}

/** Bytes that are not what was said. */
export class DeserializationError extends Error {
  override readonly name = 'DeserializationError'
}

/** With or without Java's package; null for one that is not here. */
export function deserializerNamed(name: string): Deserializer | null {
  const short = name.startsWith(PACKAGE) ? name.slice(PACKAGE.length) : name
  return Object.hasOwn(DESERIALIZERS, short) ? (DESERIALIZERS[short] ?? null) : null
}

function sized(bytes: Buffer, size: number, who: string): Buffer {
  if (bytes.length !== size) throw new DeserializationError(`Size of data received by ${who} is not ${size}`)
  return bytes
}

/** Whole numbers have a fraction in Java. */
function javaNumber(number: number): string {
  return Number.isInteger(number) && Math.abs(number) < 1e7 ? number.toFixed(1) : String(number)
}
