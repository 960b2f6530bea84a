import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../../../src/config/load-config.ts'
import { refuseUnserved } from '../../../../src/node/settings/unserved-settings.ts'

function starting(...assignments: readonly string[]): () => void {
  const { config, identity } = loadConfig({ profile: 'dev', assignments })
  return () => refuseUnserved(config, identity)
}

describe('a node that is told to obey ACLs', () => {
  const authorizer = 'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer'

  test('does not start, and says where that stands and why', () => {
    expect(starting(authorizer)).toThrow(`--set: ${authorizer} asks for ACLs, which are not served yet`)
  })

  test('starts without them when nobody asks', () => {
    expect(starting('authorizer.class.name=')).not.toThrow()
    expect(starting()).not.toThrow()
  })
})

describe('a node that is one of several', () => {
  test.each(['broker', 'controller'])('starts as %s alone', (role) => {
    expect(starting(`process.roles=${role}`, 'node.id=2')).not.toThrow()
  })
})

describe('a listener that is to be secured', () => {
  test.each(['SSL', 'SASL_PLAINTEXT', 'SASL_SSL'])('is refused by its own name: %s', (name) => {
    expect(starting(`listeners=${name}://localhost:9093`)).toThrow(`Listener ${name} asks for ${name}, and only PLAINTEXT is served.`)
  })

  test('is refused whatever it is called', () => {
    expect(starting('listeners=OUT://localhost:9093', 'listener.security.protocol.map=OUT:SSL,CONTROLLER:PLAINTEXT')).toThrow('Listener OUT asks for SSL')
  })

  test('does not stand in the way of one that has another name and is not', () => {
    expect(starting('listeners=OUT://localhost:9093', 'listener.security.protocol.map=OUT:PLAINTEXT,CONTROLLER:PLAINTEXT')).not.toThrow()
  })
})
