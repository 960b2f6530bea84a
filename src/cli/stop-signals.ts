import { deferred } from '../base/deferred.ts'
import { EXIT_BEFORE_READY, EXIT_INTERRUPTED, type ExitCode } from './command.ts'

/** How a running command learns that it shall end. */
export interface StopSignals extends Disposable {
  /** Resolves with the name of the first SIGTERM, SIGINT or SIGHUP. A second one ends the process at once. */
  readonly first: Promise<string>
}

/** SIGHUP: the terminal is closed. A JVM stops in order for these three, too. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** Of a command that a signal ended before it was done: as the shell tells of a process that the signal ends. SIGHUP counts as SIGTERM. */
export function exitCodeOf(signal: string): typeof EXIT_BEFORE_READY | typeof EXIT_INTERRUPTED {
  return signal === 'SIGINT' ? EXIT_INTERRUPTED : EXIT_BEFORE_READY
}

/** @param onSecond called with the name of the second, before the process ends at once; must be synchronous. @returns its exit code */
export function watchStopSignals(onSecond: (signal: string) => ExitCode): StopSignals {
  const first = deferred<string>()
  let isStopping = false
  const onSignal = (signal: string) => {
    if (isStopping) process.exit(onSecond(signal))
    isStopping = true
    first.resolve(signal)
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return {
    first: first.promise,
    [Symbol.dispose]() {
      for (const signal of SIGNALS) process.off(signal, onSignal)
    },
  }
}
