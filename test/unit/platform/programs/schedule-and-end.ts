import { nodePorts } from '../../../../src/platform/node-ports.ts'

/** Schedules calls far ahead and sleeps a moment: it ends when the sleep does. */
const { timers } = nodePorts()
timers.schedule(2 ** 40, () => {})
timers.schedule(3_600_000, () => {})
const controller = new AbortController()
timers.sleep(3_600_000, controller.signal).catch(() => {})
await timers.sleep(20)
controller.abort()
process.stdout.write('slept\n')
