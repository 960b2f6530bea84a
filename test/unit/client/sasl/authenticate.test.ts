import { expect, test } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { ApiVersionsResponse } from '../../../../protocol/messages/api-versions.ts'
import { SaslAuthenticateApi, SaslAuthenticateRequest, SaslAuthenticateResponse } from '../../../../protocol/messages/sasl-authenticate.ts'
import { SaslHandshakeApi, SaslHandshakeResponse } from '../../../../protocol/messages/sasl-handshake.ts'
import { decodeFrom, encodeToBuffer } from '../../../../protocol/schema/codec.ts'
import type { Input } from '../../../../protocol/schema/notation.ts'
import { KafkaClient } from '../../../../src/client/kafka-client.ts'
import { authenticate } from '../../../../src/client/sasl/authenticate.ts'
import type { SaslMechanism } from '../../../../src/client/sasl/mechanism.ts'
import { plainMechanism } from '../../../../src/client/sasl/plain.ts'
import { BrokerSide, response } from '../broker-side.ts'

const VERSION = 1
const PLAIN = plainMechanism({ username: 'me', password: 'secret' })
const turn = () => new Promise((resolve) => setImmediate(resolve))

interface Answers {
  readonly handshake?: Input<typeof SaslHandshakeResponse>
  readonly authenticate?: Input<typeof SaslAuthenticateResponse>
}

/** A client that opens a connection to a broker that answers so, and what that comes to. */
async function opened(mechanism: SaslMechanism, answers: Answers = {}) {
  const broker = new BrokerSide()
  const options = { ...broker.options, authenticate: (client: KafkaClient) => authenticate(client, mechanism) }
  const opening = KafkaClient.open({ host: 'broker', port: 9092 }, options)
  opening.catch(() => {})
  await turn()
  const apiKeys = [SaslHandshakeApi, SaslAuthenticateApi].map(({ key }) => ({ apiKey: key, minVersion: 0, maxVersion: VERSION }))
  broker.socket.receive(response(1, encodeToBuffer(ApiVersionsResponse, { errorCode: 0, apiKeys }, 4)))
  await turn()
  broker.socket.receive(response(2, encodeToBuffer(SaslHandshakeResponse, answers.handshake ?? { errorCode: 0, mechanisms: ['PLAIN'] }, VERSION)))
  for (let id = 3; id < 9; id++) {
    await turn()
    const answer = answers.authenticate ?? { errorCode: 0, errorMessage: null, authBytes: Buffer.alloc(0) }
    if (broker.requests.length === id) broker.socket.receive(response(id, encodeToBuffer(SaslAuthenticateResponse, answer, VERSION)))
  }
  return { broker, opening }
}

test('a connection is there when the broker knows who asks', async () => {
  const { broker, opening } = await opened(PLAIN)
  expect((await opening).isOpen).toBe(true)
  const said = broker.requests[2]?.subarray(8 + 2 + 'client'.length) as Buffer
  expect(Buffer.from(decodeFrom(SaslAuthenticateRequest, said, VERSION).authBytes).toString()).toBe('\0me\0secret')
})

test('a broker that takes other mechanisms says which', async () => {
  const { broker, opening } = await opened(PLAIN, { handshake: { errorCode: ErrorCode.UNSUPPORTED_SASL_MECHANISM, mechanisms: ['GSSAPI', 'OAUTHBEARER'] } })
  await expect(opening).rejects.toMatchObject({ code: 'UNSUPPORTED_SASL_MECHANISM', message: expect.stringContaining('It takes GSSAPI, OAUTHBEARER.') })
  expect(broker.socket.state).toBe('destroyed')
})

test('a refusal is told in the words of the broker, and the connection is closed', async () => {
  const refusal = { errorCode: ErrorCode.SASL_AUTHENTICATION_FAILED, errorMessage: 'Invalid username or password', authBytes: Buffer.alloc(0) }
  const { broker, opening } = await opened(PLAIN, { authenticate: refusal })
  await expect(opening).rejects.toMatchObject({ code: 'SASL_AUTHENTICATION_FAILED', message: 'Invalid username or password' })
  expect(broker.socket.state).toBe('destroyed')
})

test('a broker that never has enough is left', async () => {
  const endless: SaslMechanism = { name: 'PLAIN', begin: () => ({ first: Buffer.from('a'), answer: () => Buffer.from('b') }) }
  const { opening } = await opened(endless)
  await expect(opening).rejects.toThrow(/does not come to an end/)
})
