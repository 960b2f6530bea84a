import { runCommand } from '../support/command.ts'

/** Prometheus and its tool, as Debian's package `prometheus` installs them, or a sentence that says what is missing. */
export async function findPrometheus(): Promise<string | null> {
  for (const program of ['promtool', 'prometheus']) {
    const result = await runCommand(program, ['--version']).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (result?.exit !== 0) return `${program} is not here: install the package prometheus`
  }
  return null
}
