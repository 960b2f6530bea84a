import { runScenarios } from './run-scenarios.ts'
import { featureScenarios } from './scenarios/features.ts'

runScenarios('features', featureScenarios)
