import { type ByteSource, DecompressionLimitError, MAX_CHUNK_BYTES } from './byte-source.ts'
import { compressLz4, openLz4 } from './lz4-frame.ts'
import { compressSnappy, openSnappy } from './snappy.ts'
import { compressGzip, compressZstd, openGzip, openZstd } from './zlib-codecs.ts'

/** The codecs of record batches, by the names that `compression.type` uses. */
export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

/** In the order of their ids in a batch's attributes. Source: Kafka protocol guide, "Record Batch". */
export const COMPRESSIONS: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

/** A snappy block inflates as a whole; this is how far unless told otherwise. Other codecs need no limit to be read in bounded memory. */
export const MAX_SNAPPY_BLOCK_BYTES = 64 * 1024 * 1024

/**
 * Reads what `compressed` inflates to, in chunks.
 * @param maxBlockBytes to what one snappy block may inflate
 * Throws a `DecompressionError` here or on reading, for what the codec does not accept.
 */
export function openDecompressor(compression: Compression, compressed: Buffer, maxBlockBytes = MAX_SNAPPY_BLOCK_BYTES): ByteSource {
  switch (compression) {
    case 'none':
      return openPlain(compressed)
    case 'gzip':
      return openGzip(compressed)
    case 'snappy':
      return openSnappy(compressed, maxBlockBytes)
    case 'lz4':
      return openLz4(compressed)
    case 'zstd':
      return openZstd(compressed)
  }
}

function openPlain(bytes: Buffer): ByteSource {
  let position = 0
  return {
    next() {
      if (position === bytes.length) return null
      const chunk = bytes.subarray(position, position + MAX_CHUNK_BYTES)
      position += chunk.length
      return chunk
    },
    close() {},
  }
}

/** All that `compressed` inflates to. Throws a `DecompressionLimitError` as soon as it is more than `maxBytes`. The caller owns the result. */
export function decompress(compression: Compression, compressed: Buffer, maxBytes: number): Buffer {
  const source = openDecompressor(compression, compressed)
  try {
    const chunks: Buffer[] = []
    let bytes = 0
    for (let chunk = source.next(); chunk !== null; chunk = source.next()) {
      bytes += chunk.length
      if (bytes > maxBytes) throw new DecompressionLimitError(`compressed records inflate to more than the limit of ${maxBytes} bytes`)
      chunks.push(Buffer.from(chunk))
    }
    return Buffer.concat(chunks, bytes)
  } finally {
    source.close()
  }
}

/** @param level as the topic's `compression.<codec>.level` says; only gzip and zstd have one here */
export function compress(compression: Compression, data: Buffer, level?: number): Buffer {
  switch (compression) {
    case 'none':
      return data
    case 'gzip':
      return compressGzip(data, level)
    case 'snappy':
      return compressSnappy(data)
    case 'lz4':
      return compressLz4(data)
    case 'zstd':
      return compressZstd(data, level)
  }
}
