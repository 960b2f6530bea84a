/** Loaded when something of it is used first: a command that asks a broker without SASL ends some 5 ms sooner. */
export function nodeCrypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto')
}
