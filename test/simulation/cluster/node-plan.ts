export type NodeRole = 'broker' | 'controller'

/** One node of a cluster that is to be. */
export interface NodePlan {
  readonly id: number
  /** Of its machine, which is its host name, too. */
  readonly name: string
  readonly roles: readonly NodeRole[]
  /** Comes to a cluster that has served for a while. */
  readonly isLate?: boolean
}

export const BROKER_PORT = 9092
export const CONTROLLER_PORT = 9093

export function isBroker({ roles }: NodePlan): boolean {
  return roles.includes('broker')
}

export function isController({ roles }: NodePlan): boolean {
  return roles.includes('controller')
}
