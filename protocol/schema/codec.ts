import { DecodeError } from '../errors.ts'
import { Reader } from '../wire/reader.ts'
import { Writer } from '../wire/writer.ts'
import { compileDecoder, type Decode } from './compile-decoder.ts'
import { compileEncoder, type Encode } from './compile-encoder.ts'
import type { Fields, Input, Message, MessageSpec, Value } from './notation.ts'
import { includesVersion } from './versions.ts'

interface Compiled {
  readonly decoders: (Decode | undefined)[]
  readonly encoders: (Encode | undefined)[]
}

/** Compiled functions by message; a program has as many messages as the repository has schemas. */
const compiled = new WeakMap<MessageSpec<Fields>, Compiled>()

/**
 * Decodes one message and leaves the reader behind it.
 *
 * @returns byte fields are views of the reader's buffer: copy what outlives the request
 * Errors: `DecodeError` for whatever is not this message, and for a version that the schema does not have.
 */
export function decodeMessage<F extends Fields>(message: Message<F>, reader: Reader, version: number): Value<Message<F>> {
  return decoderOf(message, version)(reader) as Value<Message<F>>
}

/** As `decodeMessage` for a buffer that must hold exactly this message. */
export function decodeFrom<F extends Fields>(message: Message<F>, buffer: Buffer, version: number): Value<Message<F>> {
  const reader = new Reader(buffer)
  const value = decodeMessage(message, reader, version)
  if (reader.remaining > 0) throw new DecodeError(`${reader.remaining} bytes behind ${message.name} version ${version}`)
  return value
}

/** Errors: `EncodeError` when the value says something that this version cannot. */
export function encodeMessage<F extends Fields>(message: Message<F>, value: Input<Message<F>>, writer: Writer, version: number): void {
  encoderOf(message, version)(writer, value)
}

/** @returns a buffer of its own */
export function encodeToBuffer<F extends Fields>(message: Message<F>, value: Input<Message<F>>, version: number): Buffer {
  const writer = new Writer()
  encodeMessage(message, value, writer, version)
  return writer.toBuffer()
}

function decoderOf(message: MessageSpec<Fields>, version: number): Decode {
  const { decoders } = compiledOf(message)
  const known = decoders[version]
  if (known !== undefined) return known
  if (!includesVersion(message.versions, version)) throw new DecodeError(`${message.name} has no version ${version}`)
  const decode = compileDecoder(message, version)
  decoders[version] = decode
  return decode
}

function encoderOf(message: MessageSpec<Fields>, version: number): Encode {
  const { encoders } = compiledOf(message)
  const known = encoders[version]
  if (known !== undefined) return known
  const encode = compileEncoder(message, version)
  encoders[version] = encode
  return encode
}

function compiledOf(message: MessageSpec<Fields>): Compiled {
  const known = compiled.get(message)
  if (known !== undefined) return known
  const fresh: Compiled = { decoders: [], encoders: [] }
  compiled.set(message, fresh)
  return fresh
}
