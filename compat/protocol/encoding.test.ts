import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeToBuffer } from '../../protocol/schema/codec.ts'
import { fieldsAtVersion } from '../../protocol/schema/field-at-version.ts'
import type { ArrayType, Fields, Input, Message, ScalarType, Struct } from '../../protocol/schema/notation.ts'
import { arbitraryMessage } from '../../test/support/arbitrary-message.ts'
import { allVersions } from '../../test/support/schemas.ts'
import { type EncodeOrder, encodeWithKafka } from './specifications.ts'

const SAMPLES = 4
const seed = Number(process.env.ODRADEK_SEED ?? 1)

test(`Kafka's own classes write every message in every version as we do (seed ${seed})`, async () => {
  const ours: string[] = []
  const orders: EncodeOrder[] = []
  for (const { message, version } of await allVersions()) {
    for (const value of fc.sample(arbitraryMessage(message, version), { numRuns: SAMPLES, seed })) {
      ours.push(encodeToBuffer(message, value as Input<Message<Fields>>, version).toString('base64'))
      orders.push({ type: message.name, version, value: toKafkaJson({ name: message.name, fields: message.fields, versions: '0+' }, value, version) })
    }
  }
  const theirs = await encodeWithKafka(orders)
  const differences = orders.flatMap((order, index) => (ours[index] === theirs[index] ? [] : [{ order, ours: ours[index], theirs: theirs[index] }]))
  expect(differences.slice(0, 5)).toEqual([])
  expect(theirs.length).toBe(orders.length)
}, 180_000)

/** For what JSON can write and JavaScript would not: integers of 64 bits, doubles that are whole. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown }

/** Kafka's JSON form: fields that the version lacks are left out, bytes are base64. */
function toKafkaJson(struct: Struct<Fields>, value: Record<string, unknown>, version: number): unknown {
  const fields = fieldsAtVersion(struct, version, true).filter((field) => field.present)
  return Object.fromEntries(fields.map((field) => [field.name, toJson(field.type, value[field.name], version)]))
}

function toJson(type: ScalarType | Struct<Fields> | ArrayType, value: unknown, version: number): unknown {
  if (value === null) return null
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (typeof value === 'bigint') return rawJson(String(value))
  if (type === 'float64' && Number.isFinite(value)) return rawJson(Object.is(value, -0) ? '-0.0' : (value as number).toExponential())
  if (typeof type === 'string') return value
  if ('element' in type) return (value as readonly unknown[]).map((element) => toJson(type.element, element, version))
  return toKafkaJson(type, value as Record<string, unknown>, version)
}
