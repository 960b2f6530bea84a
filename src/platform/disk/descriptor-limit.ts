import { readFileSync } from 'node:fs'

/**
 * How many descriptors this process may have (`ulimit -n`); infinite where the system does not tell. Only Linux tells without
 * much ado. Node.js raises the soft limit to the hard one when it starts.
 */
export function descriptorLimit(): number {
  try {
    const soft = /^Max open files\s+(?<soft>\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.groups?.soft
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft)
  } catch {
    // No Linux, or no /proc: then there is no budget to derive, and a shortage is met when it comes.
    return Number.POSITIVE_INFINITY
  }
}
