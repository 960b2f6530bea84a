import { testMutants } from './mutant.ts'
import { nodeMutants } from './node-mutants.ts'

testMutants(nodeMutants, { who: 'the scenarios see a node that', mostSeeds: 50 })
