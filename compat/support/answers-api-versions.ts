import { connect } from 'node:net'

/** ApiVersions v0 without a client id, correlation id 1. */
const API_VERSIONS_REQUEST = Buffer.from('0000000a' + '0012' + '0000' + '00000001' + 'ffff', 'hex')
const PROBE_TIMEOUT_MS = 2_000

/** Whether the broker on this port of 127.0.0.1 answers a request now. */
export function answersApiVersions(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(API_VERSIONS_REQUEST))
    const settle = (answered: boolean) => {
      socket.destroy()
      resolve(answered)
    }
    socket.setTimeout(PROBE_TIMEOUT_MS, () => settle(false))
    socket
      .once('data', () => settle(true))
      .once('error', () => settle(false))
      .once('close', () => settle(false))
  })
}
