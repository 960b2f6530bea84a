/** A way to say who one is. Source: RFC 4422. */
export interface SaslMechanism {
  /** As it is registered, which is how Kafka's settings name it. */
  readonly name: string
  /** For one connection. */
  begin(): SaslExchange
}

export interface SaslExchange {
  /** What the client says first. */
  readonly first: Buffer
  /**
   * @param challenge what the server answered
   * @returns what the client says to it; null when nothing is left to say
   * Errors: SASL_AUTHENTICATION_FAILED where the server is not who knows the secret, or speaks otherwise.
   */
  answer(challenge: Uint8Array): Buffer | null
}

export interface Credentials {
  readonly username: string
  readonly password: string
}
