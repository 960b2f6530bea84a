import { BrokerRegistrationApi, type BrokerRegistrationRequest } from '../../../../protocol/messages/broker-registration.ts'
import { ControllerRegistrationApi } from '../../../../protocol/messages/controller-registration.ts'
import { DescribeClusterApi } from '../../../../protocol/messages/describe-cluster.ts'
import type { Uuid } from '../../../../protocol/uuid.ts'
import type { RawClient } from '../../raw-client.ts'
import { type Scenario, versions } from '../../scenario.ts'
import { FakeBroker } from './fake-broker.ts'

const [ZERO, LOST] = ['AAAAAAAAAAAAAAAAAAAAAA' as Uuid, 'AAAAAAAAAAAAAAAAAAAAAg' as Uuid]

/** Before version 2 there are no directories in it, and no broker is registered at today's levels. */
const refusals: Scenario = {
  name: 'BrokerRegistration: what is refused',
  versions: versions(0, 4),
  async run(stage, version) {
    const broker = await FakeBroker.of(stage, 1)
    const other = await FakeBroker.of(stage, 2)
    await other.register()
    const features = broker.registration().features
    const changes: readonly Partial<BrokerRegistrationRequest>[] = [
      { clusterId: 'another' },
      { logDirs: [] },
      { logDirs: [ZERO] },
      { logDirs: [broker.directory(), LOST] },
      { logDirs: [broker.directory(), broker.directory()] },
      { logDirs: [broker.directory(), other.directory()] },
      { features: [] },
      { features: features.filter(({ name }) => name !== 'transaction.version') },
      { features: features.map((feature) => (feature.name === 'metadata.version' ? { ...feature, maxSupportedVersion: 20 } : feature)) },
      { features: [...features, { name: 'no.such', minSupportedVersion: 1, maxSupportedVersion: 2 }] },
      ...(version >= 1 ? [{ isMigratingZkBroker: true }] : []),
    ]
    const outcomes: unknown[] = []
    for (const change of changes) outcomes.push(await broker.controller.exchange(BrokerRegistrationApi, version, broker.registration(change)))
    await other.leave()
    return outcomes
  },
}

const incarnations: Scenario = {
  name: 'BrokerRegistration: one life after another',
  versions: versions(2, 4),
  mask: ['brokerEpoch'],
  unordered: ['brokers'],
  async run(stage, version) {
    const broker = await FakeBroker.of(stage, 1)
    const epochs: number[] = []
    const register = async (change: Partial<BrokerRegistrationRequest> = {}) => {
      const answer = await broker.controller.ask(BrokerRegistrationApi, version, broker.registration(change))
      epochs.push(answer.brokerEpoch)
      if (answer.errorCode === 0) broker.epoch = answer.brokerEpoch
      return answer
    }
    const steps = [
      await register(),
      await register({ rack: 'r' }),
      // Nobody has heard of it yet: another one may come.
      await register({ incarnationId: broker.incarnation('B') }),
      await broker.beat({ wantFence: true }),
      await register({ incarnationId: broker.incarnation('C') }),
      await register({ incarnationId: broker.incarnation('B') }),
      await broker.beat(),
      await register({ incarnationId: broker.incarnation('B'), rack: 's' }),
      await broker.beat({ wantShutDown: true }),
      await register({ incarnationId: broker.incarnation('C'), previousBrokerEpoch: broker.epoch }),
      await described(stage.client, broker.id),
    ]
    await broker.leave()
    return { steps, order: epochs.map((epoch, index) => (index === 0 ? 0 : Math.sign(epoch - (epochs[index - 1] as number)))) }
  },
}

async function described(client: RawClient, id: number) {
  const { brokers } = await client.ask(DescribeClusterApi, 2, { includeClusterAuthorizedOperations: false, includeFencedBrokers: true })
  return brokers.filter(({ brokerId }) => brokerId === id)
}

const controllers: Scenario = {
  name: 'ControllerRegistration: of another controller, and again',
  versions: [0],
  unordered: ['brokers'],
  async run(stage, version) {
    const controller = await stage.openController()
    const register = (letter: string, port: number) =>
      controller.exchange(ControllerRegistrationApi, version, {
        controllerId: 3000,
        incarnationId: `${letter}controllerAAAAAAAAAAA` as Uuid,
        zkMigrationReady: true,
        listeners: [{ name: 'CONTROLLER', host: '127.0.0.1', port, securityProtocol: 0 }],
        features: [{ name: 'metadata.version', minSupportedVersion: 7, maxSupportedVersion: 30 }],
      })
    return [
      await register('A', 1),
      await register('B', 2),
      await controller.exchange(DescribeClusterApi, 2, { includeClusterAuthorizedOperations: false, endpointType: 2 }),
    ]
  },
}

export const registrationScenarios: readonly Scenario[] = [refusals, incarnations, controllers]
