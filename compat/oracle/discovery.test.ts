import { runScenarios } from './run-scenarios.ts'
import { discoveryScenarios } from './scenarios/discovery.ts'

runScenarios('discovery', discoveryScenarios)
