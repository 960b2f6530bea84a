import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import type { Uuid } from '../../../../protocol/uuid.ts'
import { registerController } from '../../../../src/controller/cluster/register-controller.ts'
import { knownFeatures } from '../../../../src/metadata/features.ts'
import type { ControllerRegistration } from '../../../../src/metadata/image.ts'
import { cluster } from '../cluster.ts'

const registration: ControllerRegistration = {
  id: 3,
  incarnationId: 'newIncarnationAAAAAAAA' as Uuid,
  zkMigrationReady: false,
  endpoints: [{ name: 'CONTROLLER', host: 'a', port: 9093, securityProtocol: 0 }],
  features: knownFeatures,
}

describe('a controller that registers', () => {
  it('is written down', () => {
    const { records, reply } = registerController(cluster(), registration)
    expect([reply.errorCode, records]).toMatchObject([ErrorCode.NONE, [{ type: 'RegisterControllerRecord', data: { controllerId: 3 } }]])
  })

  it.each([
    ['under a number that stands for none', { id: -1 }, 'The controller id -1 is negative'],
    [
      'with a protocol that nobody could read',
      { endpoints: [{ name: 'ODD', host: 'a', port: 9093, securityProtocol: -3 }] },
      'Unknown security protocol -3 in listener ODD',
    ],
  ] satisfies [string, Partial<ControllerRegistration>, string][])('is refused %s', (_what, change, message) => {
    const { records, reply } = registerController(cluster(), { ...registration, ...change })
    expect([records, reply.errorCode, reply.errorMessage]).toEqual([[], ErrorCode.INVALID_REQUEST, message])
  })
})
