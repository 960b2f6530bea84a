import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Starts a program of `programs/` as a process of its own. */
export function startProgram(name: string, ...args: string[]): ChildProcess {
  const path = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url))
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Resolves when the program has printed `line`; rejects when it ends before. */
export function untilPrinted(child: ChildProcess, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes(`${line}\n`)) resolve()
    })
    child.once('exit', (code) => reject(new Error(`the program ended with ${code} before it printed ${line}`)))
  })
}

/** The exit code, null when a signal ended it. */
export function untilEnded(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', resolve))
}
