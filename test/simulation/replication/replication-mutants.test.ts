import { testMutants } from '../mutants/mutant.ts'
import { replicationMutants } from './replication-mutants.ts'

testMutants(replicationMutants, { who: 'the simulation of replication sees a broker that', mostSeeds: 50 })
