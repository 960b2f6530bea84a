import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../../src/config/load-config.ts'
import { refuseUnserved } from '../../../src/node/unserved-settings.ts'

describe('a node that is told to obey ACLs', () => {
  const authorizer = 'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer'

  test('does not start, and says where that stands and why', () => {
    const { config } = loadConfig({ profile: 'dev', assignments: [authorizer] })
    expect(() => refuseUnserved(config)).toThrow(`--set: ${authorizer} asks for ACLs, which are not served yet`)
  })

  test('starts without them when nobody asks', () => {
    expect(() => refuseUnserved(loadConfig({ profile: 'dev', assignments: ['authorizer.class.name='] }).config)).not.toThrow()
    expect(() => refuseUnserved(loadConfig({ profile: 'dev' }).config)).not.toThrow()
  })
})
