import { expect, it } from 'vitest'
import { OdradekError } from '../../../src/base/errors.ts'
import { BrokerRegistrationRefresh } from '../../../src/broker/broker-registration-refresh.ts'
import { timedOut } from '../../../src/controller/rejection.ts'
import { broker, feature, replay } from '../metadata/records.ts'

const { delta, image } = replay([feature('metadata.version', 30), broker(1, { logDirs: [] })])

/** Answers the first registration with `error` and takes the others. */
async function refreshed(error: Error) {
  const failures: Error[] = []
  let asked = 0
  const registerAgain = () => (asked++ === 0 ? Promise.reject(error) : Promise.resolve())
  const refresh = new BrokerRegistrationRefresh({ brokerId: 1, lifecycle: { registerAgain }, onFailure: (failure) => void failures.push(failure) })
  for (let update = 0; update < 2; update++) {
    refresh.onUpdate(delta, image)
    await Promise.resolve()
  }
  return { asked, failures }
}

it('is tried again with the next update when too much waits for its commit', async () => {
  expect(await refreshed(timedOut('busy'))).toEqual({ asked: 2, failures: [] })
})

it('fails the node when the controller refuses it', async () => {
  const refusal = new OdradekError('BROKER_REGISTRATION', 'broker 1 could not register')
  expect((await refreshed(refusal)).failures).toEqual([refusal])
})

it('is no failure when the node stops meanwhile', async () => {
  expect((await refreshed(new OdradekError('BROKER_STOPPED', 'the node stops'))).failures).toEqual([])
})
