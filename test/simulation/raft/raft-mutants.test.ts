import { testMutants } from '../mutants/mutant.ts'
import { isSight, raftMutants } from './raft-mutants.ts'

testMutants(raftMutants, { who: 'the checkers see a quorum that', mostSeeds: 50, isSight })
