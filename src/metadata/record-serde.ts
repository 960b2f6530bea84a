import { DecodeError } from '../../protocol/errors.ts'
import { decodeMessage, encodeMessage } from '../../protocol/schema/codec.ts'
import { Reader } from '../../protocol/wire/reader.ts'
import { Writer } from '../../protocol/wire/writer.ts'
import { keyOfRecordType, type MetadataRecord, recordTypeOfKey, schemaOf } from './metadata-record.ts'

const FRAME_VERSION = 1

/**
 * A metadata record as the value of a log record: frame version, record type and message version as unsigned varints,
 * then the message. The key of the log record is null. Source: KIP-631, "Record Format".
 *
 * Errors: decoding throws `DecodeError` for an unknown frame or type, for a version that this program does not know
 * (the cluster's metadata.version is newer), and for bytes behind the message.
 */
export const metadataRecordSerde = {
  encode(record: MetadataRecord): Buffer {
    const writer = new Writer(64)
    writer.unsignedVarint(FRAME_VERSION)
    writer.unsignedVarint(keyOfRecordType(record.type))
    writer.unsignedVarint(record.version)
    encodeMessage(schemaOf(record.type), record.data, writer, record.version)
    return writer.toBuffer()
  },

  decode(value: Buffer): MetadataRecord {
    const reader = new Reader(value)
    const frameVersion = reader.unsignedVarint()
    if (frameVersion !== FRAME_VERSION) throw new DecodeError(`metadata record with frame version ${frameVersion}, known is ${FRAME_VERSION}`)
    const key = reader.unsignedVarint()
    const type = recordTypeOfKey(key)
    if (type === undefined) throw new DecodeError(`metadata record of unknown type ${key}`)
    const version = reader.unsignedVarint()
    const data = decodeMessage(schemaOf(type), reader, version)
    if (reader.remaining > 0) throw new DecodeError(`${reader.remaining} bytes behind a ${type} of version ${version}`)
    return { type, version, data } as unknown as MetadataRecord
  },
}
