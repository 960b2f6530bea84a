import { startHttpServer } from '../http/http-server.ts'
import { exposePrometheus } from './prometheus.ts'

/** Metrics over HTTP, as Prometheus reads them. */
export const metricsPlatform = { startHttpServer, expose: exposePrometheus }
