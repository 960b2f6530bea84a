import type { Fault } from './node-api.ts'

/** A fault as tests hold it. */
export function disposableFault(fault: Pick<Fault, 'hits' | 'isOver' | 'end'>): Fault {
  return {
    get hits() {
      return fault.hits
    },
    get isOver() {
      return fault.isOver
    },
    end: () => fault.end(),
    [Symbol.dispose]: () => fault.end(),
  }
}
