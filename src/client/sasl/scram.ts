import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Random } from '../../base/ports.ts'
import type { Credentials, SaslExchange, SaslMechanism } from './mechanism.ts'

export type ScramHash = 'sha256' | 'sha512'

const NAMES: Readonly<Record<ScramHash, string>> = { sha256: 'SCRAM-SHA-256', sha512: 'SCRAM-SHA-512' }
/** Source: ScramMechanism of Apache Kafka. */
const LEAST_ITERATIONS = 4096
/** A server that asks for more would keep this process from all else for seconds. Ours, RFC 5802 names no bound. */
const MOST_ITERATIONS = 1_000_000
const NONCE_BYTES = 24
/** No channel binding, no other identity: `n,,`. */
const GS2_HEADER = 'n,,'

/** Neither side tells the password: both prove that they know what is derived from it. Source: RFC 5802, RFC 7677. */
export function scramMechanism(hash: ScramHash, credentials: Credentials, random: Random): SaslMechanism {
  return { name: NAMES[hash], begin: () => new ScramExchange(hash, credentials, random.bytes(NONCE_BYTES).toString('base64')) }
}

class ScramExchange implements SaslExchange {
  readonly first: Buffer
  readonly #hash: ScramHash
  readonly #password: string
  readonly #nonce: string
  readonly #firstBare: string
  /** What the server must prove; null before it has told its salt. */
  #serverSignature: Buffer | null = null

  /** @param nonce printable, without a comma */
  constructor(hash: ScramHash, { username, password }: Credentials, nonce: string) {
    this.#hash = hash
    this.#password = password
    this.#nonce = nonce
    this.#firstBare = `n=${username.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`
    this.first = Buffer.from(`${GS2_HEADER}${this.#firstBare}`)
  }

  answer(challenge: Uint8Array): Buffer | null {
    const text = Buffer.from(challenge).toString()
    if (this.#serverSignature === null) return this.#prove(text)
    this.#verify(text, this.#serverSignature)
    return null
  }

  #prove(serverFirst: string): Buffer {
    const { nonce, salt, iterations } = this.#read(serverFirst)
    const salted = pbkdf2Sync(this.#password, salt, iterations, this.#hash === 'sha256' ? 32 : 64, this.#hash)
    const withoutProof = `c=${Buffer.from(GS2_HEADER).toString('base64')},r=${nonce}`
    const authMessage = `${this.#firstBare},${serverFirst},${withoutProof}`
    const clientKey = this.#hmac(salted, 'Client Key')
    const clientSignature = this.#hmac(createHash(this.#hash).update(clientKey).digest(), authMessage)
    this.#serverSignature = this.#hmac(this.#hmac(salted, 'Server Key'), authMessage)
    const proof = clientKey.map((byte, index) => byte ^ (clientSignature[index] as number))
    return Buffer.from(`${withoutProof},p=${Buffer.from(proof).toString('base64')}`)
  }

  #read(serverFirst: string): { readonly nonce: string; readonly salt: Buffer; readonly iterations: number } {
    const [, nonce, salt, count] = /^r=([^,]+),s=([A-Za-z0-9+/]+=*),i=([1-9][0-9]{0,8})(?:,|$)/.exec(serverFirst) ?? []
    if (nonce === undefined || salt === undefined || count === undefined) throw failed('the server answered with no salt and iterations')
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce) throw failed("the server's nonce does not go on from ours")
    const iterations = Number(count)
    if (iterations < LEAST_ITERATIONS || iterations > MOST_ITERATIONS) {
      throw failed(`the server asks for ${iterations} iterations; ${LEAST_ITERATIONS} to ${MOST_ITERATIONS} are done`)
    }
    return { nonce, salt: Buffer.from(salt, 'base64'), iterations }
  }

  #verify(serverFinal: string, signature: Buffer): void {
    const told = Buffer.from(/^v=([A-Za-z0-9+/]+=*)(?:,|$)/.exec(serverFinal)?.[1] ?? '', 'base64')
    if (told.length !== signature.length || !timingSafeEqual(told, signature)) throw failed('the server did not prove that it knows this user')
  }

  #hmac(key: Uint8Array, text: string): Buffer {
    return createHmac(this.#hash, key).update(text).digest()
  }
}

function failed(why: string): OdradekError {
  return new OdradekError(errorName(ErrorCode.SASL_AUTHENTICATION_FAILED), `SCRAM: ${why}.`)
}
