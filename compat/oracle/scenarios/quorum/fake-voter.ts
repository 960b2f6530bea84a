import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { ApiVersionsApi } from '../../../../protocol/messages/api-versions.ts'
import { batches } from '../../../../protocol/records/batch.ts'
import { encodeToBuffer } from '../../../../protocol/schema/codec.ts'
import type { Uuid } from '../../../../protocol/uuid.ts'
import type { Stage } from '../../scenario.ts'
import { FakeReplica, type FetchPosition, type Replica } from './fake-replica.ts'

export interface VersionRange {
  readonly min: number
  readonly max: number
}

const KRAFT_VERSIONS: VersionRange = { min: 0, max: 1 }
const FETCH_WAIT_MS = 100
const API_VERSIONS_KEY = 18

/** What a voter serves: key, first and last version. */
const SERVED: readonly (readonly [key: number, min: number, max: number])[] = [
  [1, 4, 18],
  [API_VERSIONS_KEY, 0, 4],
  [52, 0, 2],
  [53, 0, 1],
  [54, 0, 1],
  [59, 0, 1],
  [82, 0, 0],
]

/**
 * A node that may become a voter: it says what it supports where it listens, and fetches the metadata log, as a leader waits for.
 * It stores nothing and votes for nobody; whatever else it is asked closes the connection.
 */
export class FakeVoter implements AsyncDisposable {
  readonly replica: Replica
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #quorum: FakeReplica
  #position: FetchPosition
  /** Of fetches that found nothing new. */
  #caughtUpCount = 0
  #isOver = false
  #following: Promise<void> | null = null

  private constructor(id: number, quorum: FakeReplica, kraftVersions: VersionRange | null) {
    this.replica = { id, directoryId: `Voter${String(id).padStart(11, '0')}AAAAAA` as Uuid }
    this.#quorum = quorum
    this.#position = { offset: quorum.highWatermark, epoch: quorum.epoch }
    this.#server = createServer((socket) => this.#serve(socket, kraftVersions))
  }

  /** @param kraftVersions that it says it supports; null when it says nothing of that */
  static async of(stage: Stage, id: number, kraftVersions: VersionRange | null = KRAFT_VERSIONS): Promise<FakeVoter> {
    const voter = new FakeVoter(id, await FakeReplica.of(stage), kraftVersions)
    await new Promise<void>((resolve) => voter.#server.listen(0, '127.0.0.1', resolve))
    return voter
  }

  get listener() {
    return { name: 'CONTROLLER', host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port }
  }

  /** Fetches all that there is by now. */
  async catchUp(): Promise<void> {
    while (!(await this.#fetch())) {}
  }

  /** Fetches from now on. Resolves when it has all there is. */
  async follow(): Promise<void> {
    this.#following ??= this.#fetchAlways()
    // Whoever waits for it is told.
    this.#following.catch(() => {})
    await this.caughtUp()
  }

  /** Of one that follows: resolves when it has all that there was at the call. */
  async caughtUp(): Promise<void> {
    // The fetch under way may have begun before.
    const goal = this.#caughtUpCount + 2
    while (this.#caughtUpCount < goal) {
      if (this.#following === null) throw new Error('it does not follow')
      await Promise.race([this.#following, new Promise((resolve) => setTimeout(resolve, FETCH_WAIT_MS / 4))])
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await this.#following
  }

  async #fetchAlways(): Promise<void> {
    while (!this.#isOver) if (await this.#fetch()) this.#caughtUpCount++
  }

  /** Whether there was nothing new. */
  async #fetch(): Promise<boolean> {
    const { records } = await this.#quorum.fetch(this.replica, this.#position, FETCH_WAIT_MS)
    const last = [...batches(records ?? Buffer.alloc(0))].at(-1)
    if (last !== undefined) this.#position = { offset: last.lastOffset + 1, epoch: last.leaderEpoch }
    return last === undefined
  }

  #serve(socket: Socket, kraftVersions: VersionRange | null): void {
    this.#sockets.add(socket)
    let received = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
        const end = 4 + received.readInt32BE(0)
        const answer = answerTo(received.subarray(4, end), kraftVersions)
        if (answer === null) socket.destroy()
        else socket.write(answer)
        received = received.subarray(end)
      }
    })
    socket.on('close', () => this.#sockets.delete(socket))
    // The leader goes its own way.
    socket.on('error', () => {})
  }
}

/** null for what is not ApiVersions. */
function answerTo(request: Buffer, kraftVersions: VersionRange | null): Buffer | null {
  if (request.readInt16BE(0) !== API_VERSIONS_KEY) return null
  const features = kraftVersions === null ? [] : [{ name: 'kraft.version', minVersion: kraftVersions.min, maxVersion: kraftVersions.max }]
  const apiKeys = SERVED.map(([apiKey, minVersion, maxVersion]) => ({ apiKey, minVersion, maxVersion }))
  const response = { errorCode: 0, apiKeys, throttleTimeMs: 0, supportedFeatures: features, finalizedFeatures: [] }
  const body = encodeToBuffer(ApiVersionsApi.response, response, request.readInt16BE(2))
  const head = Buffer.alloc(8)
  head.writeInt32BE(4 + body.length)
  head.writeInt32BE(request.readInt32BE(4), 4)
  return Buffer.concat([head, body])
}
