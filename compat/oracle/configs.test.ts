import { runScenarios } from './run-scenarios.ts'
import { configScenarios, configSettings } from './scenarios/configs.ts'

runScenarios('configs', configScenarios, configSettings)
