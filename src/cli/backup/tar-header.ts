import { DecodeError } from '../../../protocol/errors.ts'

/**
 * The little of tar that an archive needs: plain files, and names beyond 100 bytes in a record in front (pax). What any
 * `tar` writes besides is refused: links, devices and directories have no place in a backup.
 * Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block".
 */
export const BLOCK_BYTES = 512
/** What eleven octal digits hold. */
const MOST_BYTES = 8 ** 11 - 1
/** Of the record that holds a name. */
const MOST_RECORD_BYTES = 4096

export interface TarFileHeader {
  readonly path: string
  readonly sizeBytes: number
}

export type TarHeader =
  | ({ readonly kind: 'file' } & TarFileHeader)
  /** Records about the file that follows stand in the next bytes. */
  | { readonly kind: 'records'; readonly sizeBytes: number }
  /** A block of zeros: two of them end an archive. */
  | { readonly kind: 'end' }

const NAME_BYTES = 100
const FIELDS = {
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
} as const
const TYPE_AT = 156
const MAGIC_AT = 257
const MAGIC = 'ustar\x0000'
const PREFIX_AT = 345
const PREFIX_BYTES = 155

/** One block, or three where the name is long. Paths are ASCII. */
export function encodeTarHeader({ path, sizeBytes }: TarFileHeader, modifiedSeconds: number): Buffer {
  if (sizeBytes > MOST_BYTES) throw new RangeError(`${path} is too large for an archive`)
  if (path.length <= NAME_BYTES) return encodeBlock({ name: path, sizeBytes, modifiedSeconds, type: '0' })
  const record = pathRecord(path)
  const name = path.slice(0, NAME_BYTES)
  return Buffer.concat([
    encodeBlock({ name: `PaxHeaders/${name}`.slice(0, NAME_BYTES), sizeBytes: record.length, modifiedSeconds, type: 'x' }),
    record,
    padding(record.length),
    encodeBlock({ name, sizeBytes, modifiedSeconds, type: '0' }),
  ])
}

/** Zeros up to the next block behind content of this size. */
export function padding(sizeBytes: number): Buffer {
  return Buffer.alloc((BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES)
}

/** Errors: `DecodeError` for what is damaged, and for entries that no backup has. */
export function decodeTarHeader(block: Buffer): TarHeader {
  if (block.every((byte) => byte === 0)) return { kind: 'end' }
  if (block.toString('latin1', MAGIC_AT, MAGIC_AT + MAGIC.length) !== MAGIC) throw new DecodeError('it is no archive in the ustar format')
  if (checksumOf(block) !== octal(block, FIELDS.checksum)) throw new DecodeError('the checksum of an entry is wrong')
  const sizeBytes = octal(block, FIELDS.size)
  const name = text(block, 0, NAME_BYTES)
  const prefix = text(block, PREFIX_AT, PREFIX_BYTES)
  const path = prefix === '' ? name : `${prefix}/${name}`
  const type = String.fromCharCode(block[TYPE_AT] as number)
  if (type === '0') return { kind: 'file', path, sizeBytes }
  if (type !== 'x') throw new DecodeError(`${path} is no plain file (type ${JSON.stringify(type)})`)
  if (sizeBytes > MOST_RECORD_BYTES) throw new DecodeError('an entry has records of more than a path')
  return { kind: 'records', sizeBytes }
}

/** The path in the records in front of a file. Errors: `DecodeError` for any other record. */
export function decodePathRecord(records: Buffer): string {
  const match = /^(\d{1,4}) path=([^\n]*)\n$/.exec(records.toString('latin1'))
  if (match === null || Number(match[1]) !== records.length) throw new DecodeError('an entry has other records than a path')
  return match[2] as string
}

/** `<length of all> path=<path>\n`; the length counts its own digits. */
function pathRecord(path: string): Buffer {
  const rest = ` path=${path}\n`
  let length = rest.length + 1
  while (`${length}${rest}`.length !== length) length = `${length}${rest}`.length
  return Buffer.from(`${length}${rest}`, 'latin1')
}

interface Block {
  readonly name: string
  readonly sizeBytes: number
  readonly modifiedSeconds: number
  readonly type: '0' | 'x'
}

function encodeBlock({ name, sizeBytes, modifiedSeconds, type }: Block): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES)
  block.write(name, 0, 'latin1')
  writeOctal(block, FIELDS.mode, 0o600)
  writeOctal(block, FIELDS.uid, 0)
  writeOctal(block, FIELDS.gid, 0)
  writeOctal(block, FIELDS.size, sizeBytes)
  writeOctal(block, FIELDS.mtime, modifiedSeconds)
  block.write(type, TYPE_AT, 'latin1')
  block.write(MAGIC, MAGIC_AT, 'latin1')
  const [at] = FIELDS.checksum
  block.write(`${checksumOf(block).toString(8).padStart(6, '0')}\0 `, at, 'latin1')
  return block
}

type Field = readonly [at: number, bytes: number]

function writeOctal(block: Buffer, [at, bytes]: Field, value: number): void {
  block.write(`${value.toString(8).padStart(bytes - 1, '0')}\0`, at, 'latin1')
}

function octal(block: Buffer, [at, bytes]: Field): number {
  const digits = /^([0-7]+)[\0 ]*$/.exec(block.toString('latin1', at, at + bytes))?.[1]
  if (digits === undefined) throw new DecodeError('an entry has a field that is no number')
  return Number.parseInt(digits, 8)
}

function text(block: Buffer, at: number, bytes: number): string {
  const end = block.indexOf(0, at)
  return block.toString('latin1', at, end < 0 ? at + bytes : Math.min(end, at + bytes))
}

/** Of all bytes, those of the checksum itself counted as spaces. */
function checksumOf(block: Buffer): number {
  const [at, bytes] = FIELDS.checksum
  let sum = bytes * 0x20
  for (const [index, byte] of block.entries()) if (index < at || index >= at + bytes) sum += byte
  return sum
}
