import { runScenarios } from './run-scenarios.ts'
import { securityScenarios } from './scenarios/security.ts'

runScenarios('security without an authorizer', securityScenarios)
