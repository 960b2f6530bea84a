import { basename } from 'node:path'
import { kafkaProgramName } from './kafka/program-name.ts'
import { runCli } from './run-cli.ts'

/** The program: what `bin/odradek` calls. The exit code is set and the process ends when nothing holds it any more. */
export async function main(): Promise<void> {
  // Whoever reads the output may have read enough (`odradek config | head`).
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  process.exitCode = await runCli(commandLine(), {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  })
}

/** A link to the program that has the name of one of Kafka's is that one: `kafka-topics.sh --list` is `odradek kafka-topics --list`. */
function commandLine(): readonly string[] {
  const [, path = '', ...args] = process.argv
  const program = kafkaProgramName(basename(path))
  return program === null ? args : [program, ...args]
}
