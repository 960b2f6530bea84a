import type { Arguments, CommandLine } from './parse-arguments.ts'

/** Where a command writes: the process's streams, or a test's. */
export interface Output {
  /** Bytes go out as they are. */
  out(text: string | Uint8Array): void
  err(text: string): void
}

/** Stopped before it was ready. As of a process that SIGTERM ends: supervisors take it for a stop that was asked for. */
export const EXIT_BEFORE_READY = 143
/** As of a process that SIGINT ends. */
export const EXIT_INTERRUPTED = 130

/** 0 orderly, 1 failed with a message, 2 the command line is not understood; else as of a process that a signal ended. */
export type ExitCode = 0 | 1 | 2 | typeof EXIT_BEFORE_READY | typeof EXIT_INTERRUPTED

export interface Command extends CommandLine {
  readonly summary: string
  /** Command lines, whole, for the help. */
  readonly examples?: readonly string[]
  run(args: Arguments, output: Output): Promise<ExitCode>
}

/** Commands about one thing: `odradek topics list`. The name of each has the group's before it. */
export interface CommandGroup {
  readonly name: string
  readonly summary: string
  readonly commands: readonly Command[]
}

/** What the help needs of a command, and the way to load the rest: nothing is loaded that does not run. */
export interface CommandEntry extends Pick<Command, 'name' | 'summary'> {
  load(): Promise<Command | CommandGroup>
}
