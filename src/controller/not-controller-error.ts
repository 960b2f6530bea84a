import { OdradekError } from '../base/errors.ts'

/** This node is not the active controller, or ceased to be before an answer was certain: ask again. */
export class NotControllerError extends OdradekError {
  constructor(message: string) {
    super('NOT_CONTROLLER', message)
    this.name = 'NotControllerError'
  }
}
