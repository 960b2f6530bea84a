import { runCli } from './run-cli.ts'

/** The program: what `bin/odradek` calls. The exit code is set and the process ends when nothing holds it any more. */
export async function main(): Promise<void> {
  // Whoever reads the output may have read enough (`odradek config | head`).
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  process.exitCode = await runCli(process.argv.slice(2), {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  })
}
