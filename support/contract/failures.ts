// Why a scenario did not simply pass, as kinds of error: the verdict reads the kind, people read the message.

/** The target differs from what is documented. The message names the subject, what was expected and what came. */
export class NonConformance extends Error {
  override readonly name = 'NonConformance'
}

/** No response came, or no person acted: the target cannot be judged. */
export class CouldNotRun extends Error {
  override readonly name = 'CouldNotRun'

  /** @param lasting in a few words what keeps other scenarios from running too, before anything was sent; null: nothing is known to */
  constructor(
    message: string,
    readonly lasting: string | null = null,
  ) {
    super(message)
  }
}

/** The cast does not declare what the scenario asks for: it does not apply to this target, and the message says why. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable'
}

/** The run was interrupted before this ended. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/** A hole of the simulator, or a fault of the suite: ours, never the target's. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError'
}
