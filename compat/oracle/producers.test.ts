import { runScenarios } from './run-scenarios.ts'
import { producerScenarios } from './scenarios/producers.ts'

runScenarios('producers', producerScenarios)
