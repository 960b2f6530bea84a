import type { TLSSocket } from 'node:tls'
import type { Endpoint, Network, Socket } from '../../base/ports.ts'
import { toNetworkError } from './network-errors.ts'
import { NodeSocket } from './node-socket.ts'
import { Inbox } from './receive-buffer.ts'

/** PEM texts; null and undefined where there are none. */
export interface TlsOptions {
  /** Who may sign certificates; those that the runtime trusts where there are none. */
  readonly ca?: string
  /** Who this side is. */
  readonly cert?: string
  readonly key?: string
  /** The same as a PKCS #12 file. */
  readonly pfx?: Buffer
  readonly passphrase?: string
  /** Whether the certificate must be for the name that was asked for. */
  readonly checksName: boolean
  readonly minVersion?: TlsVersion
  readonly maxVersion?: TlsVersion
}

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3'

/** Connections through TLS. Errors of certificates and of the handshake are `NetworkError`s with the reason `tls`. */
export class TlsNetwork implements Pick<Network, 'connect'> {
  readonly #options: TlsOptions

  constructor(options: TlsOptions) {
    this.#options = options
  }

  async connect(to: Endpoint, signal?: AbortSignal): Promise<Socket> {
    signal?.throwIfAborted()
    // Not loaded by commands that do without.
    const { connect } = await import('node:tls')
    const { checksName, ...context } = this.#options
    const socket = connect({ ...context, ...to, ...serverName(to.host), ...(checksName ? {} : { checkServerIdentity: () => undefined }) })
    socket.setNoDelay(true)
    socket.setKeepAlive(true)
    await secured(socket, to, signal)
    return toSocket(socket)
  }
}

/** Addresses are no names to be told to the server. Source: RFC 6066, section 3. */
function serverName(host: string): { readonly servername?: string } {
  return /^[0-9.]+$|:/.test(host) ? {} : { servername: host }
}

function secured(socket: TLSSocket, to: Endpoint, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      socket.destroy()
      reject(signal?.reason)
    }
    const onError = (error: Error) => {
      signal?.removeEventListener('abort', onAbort)
      reject(toNetworkError('Connecting by TLS to', to, error))
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    socket.once('error', onError)
    socket.once('secureConnect', () => {
      signal?.removeEventListener('abort', onAbort)
      socket.removeListener('error', onError)
      resolve()
    })
  })
}

/** Paused until it is handled, a turn of the event loop later at most. */
function toSocket(socket: TLSSocket): Socket {
  const inbox = new Inbox()
  const wrapped = new NodeSocket(socket, inbox)
  socket.on('data', (chunk: Buffer) => inbox.onData(chunk))
  return wrapped
}
