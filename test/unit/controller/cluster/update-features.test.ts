import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { updateFeatures } from '../../../../src/controller/cluster/update-features.ts'
import type { UpgradeType } from '../../../../src/controller/cluster-controller.ts'
import { knownFeatures } from '../../../../src/metadata/features.ts'
import { broker, config, feature } from '../../metadata/records.ts'
import { cluster, rules, stateAfter, summary } from '../cluster.ts'

type Update = readonly [feature: string, level: number, upgradeType?: UpgradeType]

const everything = { features: knownFeatures }
const state = cluster(broker(1, everything), feature('group.version', 1), config(4, '', 'min.insync.replicas', '1'))

interface Asked {
  readonly from?: typeof state
  readonly validateOnly?: boolean
  readonly kraftVersion?: number
  readonly votersSupport?: () => boolean
}

function ask(updates: readonly Update[], { from = state, validateOnly = false, kraftVersion = 0, votersSupport = () => true }: Asked = {}) {
  const command = { validateOnly, updates: updates.map(([name, level, upgradeType = 'upgrade']) => ({ feature: name, level, upgradeType })) }
  return updateFeatures(from, command, { nodeId: 1, kraftVersion, votersSupport }, rules())
}

const refused = (why: string) => ({ records: [], reply: { errorCode: ErrorCode.INVALID_UPDATE_VERSION, errorMessage: why }, kraftVersion: null })
const invalid = (name: string, level: number, why: string) => refused(`Invalid update version ${level} for feature ${name}. ${why}`)

describe('updating features', () => {
  it('writes each level, and the cluster has them', () => {
    const { records, reply } = ask([
      ['group.version', 0, 'safe-downgrade'],
      ['transaction.version', 2],
    ])
    expect(reply).toEqual({ errorCode: ErrorCode.NONE, errorMessage: null })
    expect(summary(records)).toEqual(['FeatureLevelRecord name=group.version featureLevel=0', 'FeatureLevelRecord name=transaction.version featureLevel=2'])
    const { levels } = stateAfter(state, records).image.features
    expect([levels.get('group.version'), levels.get('transaction.version')]).toEqual([undefined, 2])
  })

  it('writes nothing when it only validates, or when one of several is refused', () => {
    expect(ask([['transaction.version', 1]], { validateOnly: true })).toMatchObject({ records: [], reply: { errorCode: ErrorCode.NONE } })
    const { records, reply } = ask([
      ['transaction.version', 1],
      ['no.such', 1],
    ])
    expect(records).toEqual([])
    expect(reply.errorCode).toBe(ErrorCode.INVALID_UPDATE_VERSION)
  })

  it('names the first of several that are refused', () => {
    const both = [
      ask([
        ['transaction.version', 9],
        ['no.such', 1],
      ]),
      ask([
        ['no.such', 1],
        ['transaction.version', 9],
      ]),
    ]
    expect(both.map(({ reply }) => reply.errorMessage?.match(/feature (\S+)\./)?.[1])).toEqual(['transaction.version', 'no.such'])
  })

  it('takes the last update of a feature that stands twice', () => {
    const { records } = ask([
      ['transaction.version', 9],
      ['transaction.version', 1],
    ])
    expect(summary(records)).toEqual(['FeatureLevelRecord name=transaction.version featureLevel=1'])
  })

  it('raises and lowers metadata.version where nothing in the log could be lost', () => {
    const from = cluster(broker(1, everything), feature('metadata.version', 26))
    expect(ask([['metadata.version', 30]], { from }).reply.errorCode).toBe(ErrorCode.NONE)
    expect(ask([['metadata.version', 23, 'safe-downgrade']], { from }).reply.errorCode).toBe(ErrorCode.NONE)
    const refusal = 'Unsupported metadata.version downgrade from 26 to 22.'
    expect(ask([['metadata.version', 22, 'safe-downgrade']], { from })).toEqual(
      refused(`${refusal} Refusing to perform the requested downgrade because it might delete metadata information.`),
    )
    expect(ask([['metadata.version', 22, 'unsafe-downgrade']], { from })).toEqual(
      refused(`${refusal} Unsafe metadata downgrade is not supported in this version.`),
    )
  })

  it.each([
    ['an upgrade type that is none', ['group.version', 1, 'unknown'], 'The controller does not support the given upgrade type.'],
    ['a negative level', ['group.version', -1], 'A feature version cannot be less than 0.'],
    ['an unknown feature', ['no.such', 1], 'Local controller 1 does not support this feature.'],
    ['level 0 of an unknown feature', ['no.such', 0], 'Feature no.such not found.'],
    ['a level that is too high', ['transaction.version', 3], 'Local controller 1 only supports versions 0-2'],
    [
      'a lower level without saying so',
      ['group.version', 0],
      "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.",
    ],
    ['a higher level as a lower one', ['transaction.version', 1, 'safe-downgrade'], "Can't downgrade to a newer version."],
  ] as const)('refuses %s', (_, update, why) => {
    expect(ask([update])).toEqual(invalid(update[0], update[1], why))
  })

  it('asks for what all brokers understand', () => {
    const old = [{ name: 'metadata.version', minSupportedVersion: 7, maxSupportedVersion: 25 }]
    const from = stateAfter(state, [broker(2, { features: old })])
    expect(ask([['metadata.version', 30]], { from })).toEqual(invalid('metadata.version', 30, 'Broker 2 only supports versions 7-25'))
    expect(ask([['share.version', 1]], { from })).toEqual(invalid('share.version', 1, 'Broker 2 does not support this feature.'))
  })

  it('asks for the levels that a level needs, which the same request may bring', () => {
    const from = cluster(broker(1, everything), feature('metadata.version', 22), feature('eligible.leader.replicas.version', 0))
    const elr: Update = ['eligible.leader.replicas.version', 1]
    expect(ask([elr], { from })).toEqual(
      invalid('eligible.leader.replicas.version', 1, 'eligible.leader.replicas.version could not be set to 1 because it depends on metadata.version level 23'),
    )
    expect(ask([elr, ['metadata.version', 23]], { from }).reply.errorCode).toBe(ErrorCode.NONE)
  })

  it('writes down one min.insync.replicas for all brokers with eligible leader replicas', () => {
    const from = cluster(broker(1, everything), feature('eligible.leader.replicas.version', 0), config(4, '1', 'min.insync.replicas', '2'))
    const { records } = ask([['eligible.leader.replicas.version', 1]], { from })
    expect(summary(records)).toEqual([
      'ConfigRecord resourceType=4 resourceName= name=min.insync.replicas value=1',
      'ConfigRecord resourceType=4 resourceName=1 name=min.insync.replicas',
      'FeatureLevelRecord name=eligible.leader.replicas.version featureLevel=1',
    ])
  })

  it('leaves kraft.version to the quorum, and notes that there was an update', () => {
    const up = ask([['kraft.version', 1]])
    expect(up).toMatchObject({ kraftVersion: 1, records: [{ type: 'NoOpRecord' }], reply: { errorCode: ErrorCode.NONE } })
    expect(ask([['kraft.version', 1]], { validateOnly: true }).kraftVersion).toBeNull()
    expect(ask([['kraft.version', 1]], { kraftVersion: 1 }).kraftVersion).toBeNull()
    expect(ask([['kraft.version', 1]], { votersSupport: () => false })).toEqual(
      refused('Invalid upgrade of kraft.version to 1 because not all of the voters support it'),
    )
    expect(ask([['kraft.version', 0, 'unsafe-downgrade']], { kraftVersion: 1 })).toEqual(
      invalid('kraft.version', 0, "Can't downgrade the version of this feature."),
    )
  })
})
