import { testMutants } from '../mutants/mutant.ts'
import { quorumMutants } from './quorum-mutants.ts'

testMutants(quorumMutants, { who: 'the checkers see a raft node that', mostSeeds: 50 })
