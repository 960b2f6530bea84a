import { Socket as NetSocket, type OnReadOpts } from 'node:net'
import { assert } from '../../base/assert.ts'

/** As much as the system hands over in one read. Larger than the requests of a busy producer (128 KB), so that most arrive whole. */
const RECEIVE_BUFFER_BYTES = 256 * 1024

/**
 * All sockets of the process read into this one. Node reads, and calls, one socket after the other, so the bytes stand
 * until the receiver returns. Its other way, a fresh 64 KB buffer for each read, keeps the garbage collector busy: at full
 * load it took a third of the time.
 */
const RECEIVE_BUFFER = Buffer.allocUnsafeSlow(RECEIVE_BUFFER_BYTES)

/** Hands what a socket reads to its receiver. */
export class Inbox {
  /** Called with bytes that are valid until it returns. */
  onData: (chunk: Buffer) => void = () => {}

  /** The option `onread` of `net.Socket`. */
  readonly onread: OnReadOpts = {
    buffer: RECEIVE_BUFFER,
    callback: (count) => {
      this.onData(RECEIVE_BUFFER.subarray(0, count))
      return true
    },
  }
}

/**
 * The connection of a socket that a server accepted, as one that reads into `inbox`: `createServer` has no such option.
 * The handle moves to another socket in the way in which Node hands one to another process.
 *
 * @param accepted paused, so that nothing has been read; not to be used any more
 */
export function readInto(inbox: Inbox, accepted: NetSocket, options: { readonly highWaterMark: number }): NetSocket {
  const holder = accepted as { _handle?: object | null }
  const handle = holder._handle
  assert(handle, 'an accepted socket has a handle')
  holder._handle = null
  return new NetSocket({ ...options, handle, onread: inbox.onread } as object)
}
