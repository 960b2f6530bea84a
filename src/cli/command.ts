import type { Arguments, CommandLine } from './parse-arguments.ts'

/** Where a command writes: the process's streams, or a test's. */
export interface Output {
  out(text: string): void
  err(text: string): void
}

/** Stopped before it was ready. As of a process that SIGTERM ends: supervisors take it for a stop that was asked for. */
export const EXIT_BEFORE_READY = 143

/** 0 orderly, 1 failed with a message, 2 the command line is not understood. */
export type ExitCode = 0 | 1 | 2 | typeof EXIT_BEFORE_READY

export interface Command extends CommandLine {
  readonly summary: string
  run(args: Arguments, output: Output): Promise<ExitCode>
}

/** What the help needs of a command, and the way to load the rest: nothing is loaded that does not run. */
export interface CommandEntry extends Pick<Command, 'name' | 'summary'> {
  load(): Promise<Command>
}
