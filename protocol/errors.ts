/**
 * Bytes that are not what the protocol says they are. The only error that decoding throws, whatever the input;
 * the connection that sent them is closed, the file that holds them is cut or refused.
 */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

/** A value that cannot be written in the version asked for: our own mistake, never a peer's. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError'
}
