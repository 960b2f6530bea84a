import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../../../src/config/load-config.ts'
import { checkOwnPorts } from '../../../../src/node/settings/own-ports.ts'

function check(...assignments: string[]): void {
  const { config, identity } = loadConfig({ profile: 'dev', assignments })
  checkOwnPorts(config, identity)
}

describe('the ports of one node', () => {
  test.each([
    [['metrics.port=9092'], 'metrics.port=9092 is also the port of listener PLAINTEXT of this node: choose another.'],
    [['listeners=PLAINTEXT://:9404,CONTROLLER://localhost:9093'], 'metrics.port=9404 is also the port of listener PLAINTEXT of this node'],
    [['odradek.control.port=19092'], 'odradek.control.port=19092 is also the port of listener CONTROLLER of this node: choose another.'],
    [['odradek.control.port=9500', 'metrics.port=9500', 'metrics.host=0.0.0.0'], 'odradek.control.port=9500 is also the port of metrics.port of this node'],
  ])('are different ones: %j', (settings, why) => {
    expect(() => check(...settings)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(why) }))
  })

  test.each([[['metrics.port=9092', 'metrics.host=127.0.0.9']], [['metrics.port=0', 'odradek.control.port=0']], [['odradek.control.port=9644']]])(
    'may be free ones, and the same on other addresses: %j',
    (settings) => {
      expect(() => check(...settings)).not.toThrow()
    },
  )
})
