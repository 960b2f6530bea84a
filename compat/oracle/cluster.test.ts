import { runScenarios } from './run-scenarios.ts'
import { clusterScenarios } from './scenarios/cluster.ts'

runScenarios('cluster', clusterScenarios)
