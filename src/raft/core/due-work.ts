import { pollNominee, wantToLead } from './elections.ts'
import { tellEnd, tellEpoch } from './epochs.ts'
import { fetchAsFollower, fetchFromAny } from './follow.ts'
import { tellOfSelf } from './own-voter.ts'
import type { RaftState } from './raft-state.ts'
import type { Leader, Role } from './roles.ts'
import type { VoterChanges } from './voter-changes.ts'

type Changes = Pick<VoterChanges, 'isRemovedFromQuorum'>

/** What each role does when its time has come, and whenever something has happened; a role that follows from it goes on at once. */
export function doWhatIsDue(state: RaftState, changes: Changes): void {
  let role: Role
  do {
    role = state.role
    doWhatRoleDoes(state, role, changes)
  } while (state.role !== role)
}

/** When time alone gives the role something to do; infinite when nothing but an event can. */
export function roleDeadlineMs(state: RaftState): number {
  const { role } = state
  switch (role.role) {
    case 'unattached':
      return electionDeadlineMs(state, role.electionDeadlineMs)
    case 'prospective':
    case 'candidate':
    case 'resigned':
      return epochDeadlineMs(state, role.electionDeadlineMs)
    case 'leader':
      return state.isOnlyVoter ? Number.POSITIVE_INFINITY : Math.min(role.beginEpochDueMs, role.progress.checkQuorumDeadlineMs)
    case 'follower':
      return electionDeadlineMs(state, role.fetchDeadlineMs)
  }
}

function doWhatRoleDoes(state: RaftState, role: Role, changes: Changes): void {
  const { nowMs } = state
  switch (role.role) {
    case 'unattached':
      if (electionDeadlineMs(state, role.electionDeadlineMs) <= nowMs) wantToLead(state)
      else fetchFromAny(state)
      return
    case 'prospective':
    case 'candidate':
      pollNominee(state, role)
      return
    case 'leader':
      if (mustResign(state, role, changes)) state.becomeResigned(role)
      else tellEpoch(state, role)
      return
    case 'follower':
      if (electionDeadlineMs(state, role.fetchDeadlineMs) <= nowMs) wantToLead(state)
      else if (!tellOfSelf(state, role)) fetchAsFollower(state, role)
      return
    case 'resigned':
      if (epochDeadlineMs(state, role.electionDeadlineMs) <= nowMs) state.becomeUnattached(state.epoch + 1, null)
      else tellEnd(state, role)
      return
  }
}

function mustResign({ nowMs }: RaftState, role: Leader, changes: Changes): boolean {
  return role.resigns || changes.isRemovedFromQuorum || role.progress.checkQuorumDeadlineMs <= nowMs
}

/** Who became a voter since it lost its leader may stand now. */
function electionDeadlineMs(state: RaftState, deadlineMs: number): number {
  return state.isVoter ? epochDeadlineMs(state, deadlineMs) : Number.POSITIVE_INFINITY
}

/** The last epoch does not end. */
function epochDeadlineMs(state: RaftState, deadlineMs: number): number {
  return state.hasNextEpoch ? deadlineMs : Number.POSITIVE_INFINITY
}
