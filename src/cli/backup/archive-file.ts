import { once } from 'node:events'
import { createReadStream, createWriteStream, existsSync, rmSync } from 'node:fs'
import { open, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { DecodeError } from '../../../protocol/errors.ts'
import { OdradekError } from '../../base/errors.ts'
import { toDiskError } from '../../platform/disk/disk-errors.ts'

/** Beyond it little is gained: much of what logs hold is compressed already, and the node needs the processor. */
const LEVEL = 1
const PARTIAL_SUFFIX = '.part'

/** An archive that is being written: it has its name when all of it is durable, and not before. */
export class ArchiveFile {
  readonly #path: string
  readonly #gzip = createGzip({ level: LEVEL })
  readonly #written: Promise<void>

  /** Errors: BACKUP_TARGET where something of that name is there, or another backup writes it; `DiskError`. */
  static async create(path: string): Promise<ArchiveFile> {
    if (existsSync(path)) throw new OdradekError('BACKUP_TARGET', `${path} is there already: give the archive another name, or move that one away.`)
    const stream = createWriteStream(path + PARTIAL_SUFFIX, { flags: 'wx', mode: 0o600, flush: true })
    try {
      await once(stream, 'open')
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw toDiskError('Making the archive', path, cause)
      const message = `${path}${PARTIAL_SUFFIX} is there: another backup writes it, or one was killed while it did. If none runs, remove that file.`
      throw new OdradekError('BACKUP_TARGET', message, { cause })
    }
    return new ArchiveFile(path, stream)
  }

  private constructor(path: string, stream: ReturnType<typeof createWriteStream>) {
    this.#path = path
    this.#written = pipeline(this.#gzip, stream)
    // Told by the write that waits for it, or by `end`.
    this.#written.catch(() => {})
  }

  /** Resolves when more may come. Errors: `DiskError`. */
  readonly write = async (bytes: Buffer): Promise<void> => {
    if (this.#gzip.destroyed) return this.#finished()
    if (this.#gzip.write(bytes)) return
    try {
      await once(this.#gzip, 'drain')
    } catch (cause) {
      await this.#finished()
      throw cause
    }
  }

  /** Resolves with the size when the archive is durable under its name. Errors: `DiskError`. */
  async end(): Promise<number> {
    this.#gzip.end()
    await this.#finished()
    try {
      const { size } = await stat(this.#path + PARTIAL_SUFFIX)
      await rename(this.#path + PARTIAL_SUFFIX, this.#path)
      await flushDirectory(dirname(this.#path))
      return size
    } catch (cause) {
      throw toDiskError('Making the archive', this.#path, cause)
    }
  }

  /** Leaves nothing behind. */
  abandon(): void {
    this.#gzip.destroy()
    rmSync(this.#path + PARTIAL_SUFFIX, { force: true })
  }

  async #finished(): Promise<void> {
    try {
      await this.#written
    } catch (cause) {
      throw toDiskError('Writing the archive', this.#path, cause)
    }
  }
}

/**
 * What the archive holds, as a tar stream.
 * Errors: `DecodeError` for what is damaged or cut short; `DiskError`.
 * @param onRead told of the bytes of the file that were read
 */
export async function* readArchiveFile(path: string, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  const stream = createReadStream(path, { highWaterMark: 1024 * 1024 })
  const gunzip = createGunzip()
  stream.on('data', (chunk) => onRead(chunk.length))
  const ended = pipeline(stream, gunzip)
  // What ends it is thrown to who iterates.
  ended.catch(() => {})
  try {
    for await (const chunk of gunzip) yield chunk as Buffer
    await ended
  } catch (cause) {
    const { code = '', syscall } = cause as NodeJS.ErrnoException
    if (syscall !== undefined) throw toDiskError('Reading the archive', path, cause)
    if (code.startsWith('Z_')) throw new DecodeError(code === 'Z_BUF_ERROR' ? 'it ends too early' : 'its compressed bytes are damaged', { cause })
    throw cause
  } finally {
    stream.destroy()
  }
}

/** Errors: `DiskError`. */
export async function archiveSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (cause) {
    throw toDiskError('Reading the archive', path, cause)
  }
}

async function flushDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
