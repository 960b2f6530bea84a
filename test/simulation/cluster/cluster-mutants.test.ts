import { testMutants } from '../mutants/mutant.ts'
import { clusterMutants } from './cluster-mutants.ts'

testMutants(clusterMutants, { who: 'the simulation of a cluster sees nodes of which each', mostSeeds: 20 })
