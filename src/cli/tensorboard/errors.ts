// The errors of `tnl tensorboard`.
import { TnlError } from "../../errors.js";

/** TensorBoard is neither installed nor installable here; the message says what to install. */
export class TensorBoardNotFoundError extends TnlError {
  readonly code = "TENSORBOARD_NOT_FOUND";

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
  }
}
