export type ClassicState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

const PREVIOUS_STATES: Readonly<Record<ClassicState, readonly ClassicState[]>> = {
  Empty: ['PreparingRebalance'],
  PreparingRebalance: ['Stable', 'CompletingRebalance', 'Empty'],
  CompletingRebalance: ['PreparingRebalance'],
  Stable: ['CompletingRebalance'],
  Dead: ['Stable', 'PreparingRebalance', 'CompletingRebalance', 'Empty', 'Dead'],
}

/** Whether a group goes from `previous` to `state`. Source: org.apache.kafka.coordinator.group.classic.ClassicGroupState. */
export function mayFollow(state: ClassicState, previous: ClassicState): boolean {
  return PREVIOUS_STATES[state].includes(previous)
}
