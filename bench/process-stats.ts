import { readFileSync } from 'node:fs'

const CLOCK_TICKS_PER_SECOND = 100

/** Linux: processor time that a process has used so far, user and system, in seconds. Children that ended are not counted. */
export function cpuSeconds(pid: number): number {
  const fields = statFields(String(pid))
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND
}

/** Linux: processor time of children of this process that have ended, and of theirs, in seconds. */
export function endedChildrenCpuSeconds(): number {
  const fields = statFields('self')
  return (Number(fields[13]) + Number(fields[14])) / CLOCK_TICKS_PER_SECOND
}

/** What stands behind the name of the program, which may have blanks. */
function statFields(process: string): readonly string[] {
  const stat = readFileSync(`/proc/${process}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** Linux: resident memory in bytes, now. */
export function residentBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1]) * 1024
}

/** Of several processes together. */
export function cpuSecondsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0)
}

export function residentBytesOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + residentBytes(pid), 0)
}

/** Linux: how many files a process that is started now may have open. */
export function openFilesLimit(): number {
  return Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1])
}

/** Linux: processor time of all processors, in seconds. Busy is also what a hypervisor gave to others. */
export function machineCpuSeconds(): { readonly busy: number; readonly all: number } {
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, interrupts = 0, softInterrupts = 0, stolen = 0] = (
    /^cpu\s+(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? ''
  )
    .split(' ')
    .map(Number)
  const busy = user + nice + system + interrupts + softInterrupts + stolen
  return { busy: busy / CLOCK_TICKS_PER_SECOND, all: (busy + idle + wait) / CLOCK_TICKS_PER_SECOND }
}
