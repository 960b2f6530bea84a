import { NetworkError } from '../base/errors.ts'
import type { Endpoint, Network, Timers } from '../base/ports.ts'
import { formatHostPort } from '../config/values/host-port.ts'

const LOOPBACK = ['127.0.0.1', '::1']

/** Where somebody would answer who listens on all addresses, or on a name for several. */
const REACHED_AT: Readonly<Record<string, readonly string[]>> = { localhost: LOOPBACK, '': LOOPBACK, '::': LOOPBACK, '0.0.0.0': ['127.0.0.1'] }

/** A machine answers itself at once; where a firewall keeps silent, nothing is known before the port is opened. */
const ANSWER_MS = 250

/**
 * Sees that nobody listens at a fixed port, without opening it: who waits for the port would take it for served.
 * What else may be in the way (an address that this machine does not have, a port that needs rights) is told when it is opened.
 *
 * Errors: `NetworkError` with reason 'address-in-use'.
 */
export async function checkFree(network: Network, timers: Timers, { host, port }: Endpoint): Promise<void> {
  for (const reached of REACHED_AT[host] ?? [host]) {
    const at = { host: reached, port }
    if (!(await answers(network, timers, at))) continue
    const text = `Listening on ${formatHostPort(at.host, at.port)} failed: another program listens there. Stop it, or choose another port`
    throw new NetworkError('address-in-use', at, text)
  }
}

async function answers(network: Network, timers: Timers, at: Endpoint): Promise<boolean> {
  const tooLong = new AbortController()
  const timer = timers.schedule(ANSWER_MS, () => tooLong.abort(new NetworkError('timed-out', at, `${formatHostPort(at.host, at.port)} keeps silent`)))
  try {
    const socket = await network.connect(at, tooLong.signal)
    // A connection whose own port was drawn to be this one has reached itself.
    const isOther = socket.local.port !== at.port
    socket.handle({ onData() {}, onDrain() {}, onClose() {} })
    socket.destroy()
    return isOther
  } catch (error) {
    if (error instanceof NetworkError) return false
    throw error
  } finally {
    timer.cancel()
  }
}
