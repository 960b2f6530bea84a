const HTTP_METHODS = ['GET ', 'POST', 'PUT ', 'HEAD', 'OPTI', 'DELE', 'CONN', 'PATC', 'TRAC', 'PRI ']
const TLS_HANDSHAKE_RECORD = 0x16
const TLS_MAJOR_VERSION = 0x03
const SHOWN_BYTES = 16

/**
 * What bytes that are not Kafka's protocol look like, for the log line of a connection that is refused.
 *
 * @param start the first bytes of what could not be read, any number of them
 */
export function describeBytes(start: Buffer): string {
  if (start.length === 0) return 'nothing'
  const text = start.toString('latin1', 0, 4)
  if (HTTP_METHODS.includes(text)) return 'an HTTP request'
  if (text === 'HTTP') return 'an HTTP response'
  if (text === 'SSH-') return 'an SSH client'
  if (start[0] === TLS_HANDSHAKE_RECORD && start[1] === TLS_MAJOR_VERSION) return 'a TLS handshake, but this listener is PLAINTEXT'
  return `bytes ${start.toString('hex', 0, SHOWN_BYTES)}`
}
