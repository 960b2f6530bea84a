import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import { SaslAuthenticateApi } from '../../../protocol/messages/sasl-authenticate.ts'
import { SaslHandshakeApi } from '../../../protocol/messages/sasl-handshake.ts'
import { OdradekError } from '../../base/errors.ts'
import type { KafkaClient } from '../kafka-client.ts'
import type { SaslMechanism } from './mechanism.ts'

/** No mechanism that is known here takes more. */
const MOST_ROUNDS = 4

/**
 * Says who asks, over a connection that is new. Source: KIP-43, KIP-152.
 * Errors: those of the connection; UNSUPPORTED_SASL_MECHANISM, SASL_AUTHENTICATION_FAILED and what else the broker answers.
 */
export async function authenticate(client: KafkaClient, mechanism: SaslMechanism): Promise<void> {
  const { errorCode, mechanisms } = await client.send(SaslHandshakeApi, { mechanism: mechanism.name })
  if (errorCode !== ErrorCode.NONE) {
    throw new OdradekError(errorName(errorCode), `The broker does not take SASL mechanism ${mechanism.name}. It takes ${mechanisms.join(', ') || 'none'}.`)
  }
  const exchange = mechanism.begin()
  let said: Buffer | null = exchange.first
  for (let round = 0; said !== null; round++) {
    if (round === MOST_ROUNDS) throw new OdradekError(errorName(ErrorCode.SASL_AUTHENTICATION_FAILED), `SASL ${mechanism.name} does not come to an end.`)
    const answer = await client.send(SaslAuthenticateApi, { authBytes: said })
    if (answer.errorCode !== ErrorCode.NONE) throw new OdradekError(errorName(answer.errorCode), answer.errorMessage ?? `SASL ${mechanism.name} failed.`)
    said = exchange.answer(answer.authBytes)
  }
}
