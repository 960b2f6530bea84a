import type { Disk, DiskFile } from '../../base/ports.ts'

/** A disk, and whether anything is under way on it or on a file that it opened. */
export interface CountedDisk {
  readonly disk: Disk
  isBusy(): boolean
}

/** Counts the asynchronous calls of `disk` that have not ended. */
export function countedDisk(disk: Disk): CountedDisk {
  let pending = 0
  const count = async (work: Promise<unknown>): Promise<unknown> => {
    pending++
    try {
      return watched(await work)
    } finally {
      pending--
    }
  }
  const watched = (result: unknown): unknown => {
    if (result instanceof Promise) return count(result)
    return isFile(result) ? withCalls(result, watched) : result
  }
  return { disk: withCalls(disk, watched), isBusy: () => pending > 0 }
}

/** The same object, of whose methods `watched` gets what they return. */
function withCalls<T extends object>(target: T, watched: (result: unknown) => unknown): T {
  return new Proxy(target, {
    get(object, name) {
      const member: unknown = Reflect.get(object, name, object)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => watched(Reflect.apply(member, object, args))
    },
  })
}

function isFile(value: unknown): value is DiskFile {
  return typeof value === 'object' && value !== null && 'readAtAsync' in value
}
