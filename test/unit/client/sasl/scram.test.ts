import { describe, expect, test } from 'vitest'
import type { SaslExchange } from '../../../../src/client/sasl/mechanism.ts'
import { scramMechanism } from '../../../../src/client/sasl/scram.ts'

/** The exchange of RFC 7677, section 3. */
const NONCE = 'rOprNGfwEbeRWgbNEkqO'
const SERVER_NONCE = `${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0`
const SERVER_FIRST = `r=${SERVER_NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`
const SERVER_FINAL = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='

function begun(username = 'user'): SaslExchange {
  const random = { bytes: () => Buffer.from(NONCE, 'base64'), below: () => 0, fraction: () => 0 }
  return scramMechanism('sha256', { username, password: 'pencil' }, random).begin()
}

const say = (exchange: SaslExchange, text: string) => exchange.answer(Buffer.from(text))?.toString() ?? null

describe('SCRAM', () => {
  test('says what the RFC says, and is content with the server that knows the user', () => {
    const exchange = begun()
    expect(exchange.first.toString()).toBe(`n,,n=user,r=${NONCE}`)
    expect(say(exchange, SERVER_FIRST)).toBe(`c=biws,r=${SERVER_NONCE},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`)
    expect(say(exchange, SERVER_FINAL)).toBeNull()
  })

  test('writes a name with commas and equals signs so that it is read as one', () => {
    expect(begun('a,b=c').first.toString()).toBe(`n,,n=a=2Cb=3Dc,r=${NONCE}`)
  })

  test('trusts no server that does not know the user', () => {
    const exchange = begun()
    say(exchange, SERVER_FIRST)
    for (const final of ['v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=', 'v=6rri', 'e=other-error', '']) {
      expect(() => say(exchange, final)).toThrow(/did not prove/)
    }
  })

  test.each([
    ['a nonce of its own', SERVER_FIRST.replace(NONCE, NONCE.toLowerCase()), /nonce/],
    ['our nonce and no more', SERVER_FIRST.replace(SERVER_NONCE, NONCE), /nonce/],
    ['few iterations', SERVER_FIRST.replace('4096', '1'), /1 iterations/],
    ['iterations without end', SERVER_FIRST.replace('4096', '900000000'), /900000000 iterations/],
    ['an extension that must be understood', `m=x,${SERVER_FIRST}`, /no salt/],
    ['nothing', '', /no salt/],
  ])('refuses a server that answers with %s', (_what, serverFirst, why) => {
    expect(() => say(begun(), serverFirst)).toThrow(why)
  })
})
