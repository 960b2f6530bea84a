import { closeSync, constants } from 'node:fs'
import { readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { createConnection, createServer, type Server } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DiskError } from '../../base/errors.ts'
import type { DirectoryLock, TimestampMs } from '../../base/ports.ts'
import { nodeCrypto } from '../node-crypto.ts'
import { isNotFound, toDiskError } from './disk-errors.ts'
import { kafkaLockHolder } from './kafka-lock.ts'
import { openDescriptor } from './open-descriptor.ts'

/**
 * One process for each data directory. Node cannot take the POSIX lock that Apache Kafka takes on `.lock`, so what is held
 * is a listening local socket, which the system drops with the process however it ends:
 *
 * - Linux: a name without a file, made of the directory's device and inode. Taking it is atomic, and a stale one cannot be.
 * - everywhere but on Windows: a socket file in the directory, which is also seen by containers that share only the
 *   directory. A stale one refuses connections and is replaced. Where the file system has no sockets, the other means stand alone.
 * - Windows: a named pipe.
 *
 * Beside it a file says who holds the directory. It is only for the message; nothing depends on its content.
 */

const HOLDER_FILE = '.odradek-lock'
const SOCKET_FILE = '.odradek-lock.sock'

/** What `sockaddr_un` holds on the systems that hold least, with its final zero. */
const MAX_SOCKET_PATH_BYTES = 103

interface Holder {
  readonly pid: number
  readonly host: string
  readonly startedAt: string
}

/** Source of the conduct: `Disk.lockDirectory`. @param nowMs the start time to be named to others */
export async function lockDirectory(path: string, nowMs: TimestampMs): Promise<DirectoryLock> {
  await refuseBesideKafka(path)
  const held = new HeldSockets()
  try {
    await holdSockets(path, held)
    const holder: Holder = { pid: process.pid, host: hostname(), startedAt: new Date(nowMs).toISOString() }
    await writeFile(join(path, HOLDER_FILE), `${JSON.stringify(holder)}\n`)
  } catch (error) {
    await held.release()
    throw error instanceof DiskError ? error : toDiskError('Locking', path, error)
  }
  return {
    async release() {
      await rm(join(path, HOLDER_FILE), { force: true })
      await held.release()
    },
  }
}

async function refuseBesideKafka(path: string): Promise<void> {
  const pid = await kafkaLockHolder(join(path, '.lock'))
  if (pid === null) return
  const message = `${path} is in use by Apache Kafka: process ${pid} holds its lock. Stop that process first, or give this node another directory`
  throw new DiskError('locked', path, message)
}

async function holdSockets(path: string, held: HeldSockets): Promise<void> {
  const { dev, ino } = await stat(path, { bigint: true })
  if (process.platform === 'win32') return held.take(`\\\\.\\pipe\\odradek-${digest(await realpath(path))}`, () => lockedBy(path))
  if (process.platform === 'linux') await held.take(`\0odradek-${dev}-${ino}`, () => lockedBy(path))
  await holdSocketFile(path, held)
}

async function holdSocketFile(path: string, held: HeldSockets): Promise<void> {
  const socketPath = await socketPathIn(path, held)
  if (await answers(socketPath)) throw await lockedBy(path)
  await rm(socketPath, { force: true })
  try {
    await held.take(socketPath, () => lockedBy(path))
  } catch (error) {
    if (!isWithoutSockets(error)) throw error
  }
}

/** Some mounts (shared folders of virtual machines, some network file systems) have no sockets. */
function isWithoutSockets(error: unknown): boolean {
  return ['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? '')
}

/** Socket paths are limited to about 100 bytes and data directories are not: Linux has a detour, others get a name in the temporary directory. */
async function socketPathIn(path: string, held: HeldSockets): Promise<string> {
  const direct = join(path, SOCKET_FILE)
  if (Buffer.byteLength(direct) <= MAX_SOCKET_PATH_BYTES) return direct
  if (process.platform !== 'linux') return join(tmpdir(), `odradek-${digest(await realpath(path))}.sock`)
  const descriptor = await openDescriptor(path, constants.O_RDONLY, 0)
  held.keepOpen(descriptor)
  return `/proc/self/fd/${descriptor}/${SOCKET_FILE}`
}

function digest(text: string): string {
  return nodeCrypto().createHash('sha256').update(text).digest('hex').slice(0, 32)
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection({ path: socketPath })
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
}

async function lockedBy(path: string): Promise<DiskError> {
  const holder = await readHolder(path)
  const who = holder === null ? 'another Odradek node' : `another Odradek node: process ${holder.pid} on ${holder.host}, started at ${holder.startedAt}`
  return new DiskError('locked', path, `${path} is in use by ${who}. Stop it first, or give this node another directory`)
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    const holder: unknown = JSON.parse(await readFile(join(path, HOLDER_FILE), 'utf8'))
    return isHolder(holder) ? holder : null
  } catch (error) {
    // Not there yet, or being written: the holder stays unnamed.
    if (isNotFound(error) || error instanceof SyntaxError) return null
    throw error
  }
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null && 'pid' in value && 'host' in value && 'startedAt' in value
}

class HeldSockets {
  readonly #servers: Server[] = []
  readonly #descriptors: number[] = []

  /** The socket's name leads through this descriptor, and the name is removed when the socket is closed: until then it must stay. */
  keepOpen(descriptor: number): void {
    this.#descriptors.push(descriptor)
  }

  /** Listens on `name`; when another process does, throws what `whenTaken` makes. */
  async take(name: string, whenTaken: () => Promise<Error>): Promise<void> {
    // Whoever connects only wants to know whether somebody listens.
    const server = createServer((probe) => probe.destroy())
    try {
      await listening(server, name)
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? await whenTaken() : error
    }
    server.unref()
    this.#servers.push(server)
  }

  async release(): Promise<void> {
    for (const server of this.#servers.splice(0)) await new Promise<void>((resolve) => server.close(() => resolve()))
    for (const descriptor of this.#descriptors.splice(0)) closeSync(descriptor)
  }
}

function listening(server: Server, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ path: name }, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}
