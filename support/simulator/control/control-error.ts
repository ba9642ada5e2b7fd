// What the control API refuses: a code, the status of the answer, and one sentence with cause and remedy.

/** By code, the status of the answer. */
export const FAULT_STATUS = {
  'bad-request': 400,
  unauthorized: 401,
  forbidden: 403,
  'unknown-operation': 404,
  'wrong-method': 405,
  'timed-out': 408,
  unfit: 409,
  'too-large': 413,
  failed: 500,
} as const

export type FaultCode = keyof typeof FAULT_STATUS

/** An operation that was not done; `message` names what was wrong and what to do about it. */
export class ControlFault extends Error {
  override readonly name = 'ControlFault'
  readonly code: FaultCode

  constructor(code: FaultCode, message: string) {
    super(message)
    this.code = code
  }

  get status(): (typeof FAULT_STATUS)[FaultCode] {
    return FAULT_STATUS[this.code]
  }
}

export const badRequest = (message: string): ControlFault => new ControlFault('bad-request', message)
export const unfit = (message: string): ControlFault => new ControlFault('unfit', message)
